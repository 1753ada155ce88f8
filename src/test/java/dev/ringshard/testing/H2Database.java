package dev.ringshard.testing;

import java.util.UUID;

/** H2 databases for tests. */
public final class H2Database {

    private H2Database() {}

    /** A fresh database in memory, which lives until the JVM ends. */
    public static TestDatabase inMemory() {
        return new TestDatabase("jdbc:h2:mem:test-" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", "");
    }
}
