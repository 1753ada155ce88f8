package dev.ringshard.testing;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;

/** H2 databases for tests. */
public final class H2Database {

    private H2Database() {}

    /** A fresh database in memory, which lives until the JVM ends. */
    public static TestDatabase inMemory() {
        return new TestDatabase("jdbc:h2:mem:test-" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", "");
    }

    /** A database to make copies of, as it is now. */
    static DatabaseTemplate template(TestDatabase database) {
        String script = script(database);
        return () -> {
            TestDatabase copy = inMemory();
            try (Connection connection = copy.connect();
                    Statement statement = connection.createStatement()) {
                statement.execute(script);
            } catch (SQLException e) {
                throw new IllegalStateException("An H2 database could not be copied.", e);
            }
            return copy;
        };
    }

    /** The SQL that makes it again. */
    private static String script(TestDatabase database) {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet lines = statement.executeQuery("SCRIPT")) {
            StringBuilder script = new StringBuilder();
            while (lines.next()) {
                script.append(lines.getString(1)).append('\n');
            }
            return script.toString();
        } catch (SQLException e) {
            throw new IllegalStateException("An H2 database could not be written down.", e);
        }
    }
}
