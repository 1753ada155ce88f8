package dev.ringshard.testing;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Sessions on PostgreSQL in which a test looks at a database, or changes it, more than once: to begin one costs the server more
 * than most statements. Each is as new when it is used again, but for what ALTER DATABASE or ALTER ROLE have set meanwhile; whoever
 * alters that begins a new one. Safe for use by many threads.
 */
final class KeptSessions {
    private static final Map<TestDatabase, Queue<Connection>> KEPT = new ConcurrentHashMap<>();

    /** What is done in a session, in autocommit mode. */
    interface Work<T extends @Nullable Object> {
        T with(Statement statement) throws SQLException;
    }

    static <T extends @Nullable Object> T in(TestDatabase database, Work<T> work) throws SQLException {
        Connection connection = taken(database);
        boolean isDone = false;
        try (Statement statement = connection.createStatement()) {
            T result = work.with(statement);
            isDone = true;
            return result;
        } finally {
            if (isDone && isPostgres(database)) {
                giveBack(database, connection);
            } else {
                connection.close();
            }
        }
    }

    /** Ends the sessions of a database that are not in use. */
    static void end(TestDatabase database) {
        Queue<Connection> kept = KEPT.remove(database);
        if (kept != null) {
            kept.forEach(KeptSessions::close);
        }
    }

    private static boolean isPostgres(TestDatabase database) {
        return database.url().startsWith("jdbc:postgresql:");
    }

    private static Connection taken(TestDatabase database) throws SQLException {
        Queue<Connection> kept = KEPT.get(database);
        Connection connection = kept == null ? null : kept.poll();
        if (connection != null && connection.isValid(1)) {
            return connection;
        }
        return database.connect();
    }

    private static void giveBack(TestDatabase database, Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("DISCARD ALL");
        } catch (SQLException gone) {
            connection.close();
            return;
        }
        KEPT.computeIfAbsent(database, first -> new ConcurrentLinkedQueue<>()).add(connection);
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException gone) {
            // so is the session
        }
    }

    private KeptSessions() {}
}
