package dev.ringshard;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.testing.TestDatabase;

class LogMarksPostgresTest extends LogMarksContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.POSTGRESQL;
    }

    @Override
    TestDatabase unreachable() {
        return new TestDatabase("jdbc:postgresql://localhost:1/none", "nobody", "");
    }
}
