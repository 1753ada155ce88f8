package dev.ringshard.chaos;

import dev.ringshard.config.ShardConfig;
import dev.ringshard.testing.EmbeddedServer;
import dev.ringshard.testing.FaultProxy;
import dev.ringshard.testing.PostgresServer;
import dev.ringshard.testing.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A shard with a durable server of its own and a network before it.
 *
 * @param database reached directly, past the proxy
 * @param weight in the configuration that the cluster is founded with
 */
record StagedShard(String name, EmbeddedServer server, TestDatabase database, FaultProxy proxy, double weight)
        implements AutoCloseable {

    static StagedShard start(String name, double weight) {
        EmbeddedServer server = PostgresServer.start(true);
        try {
            TestDatabase database = server.createDatabase();
            return new StagedShard(name, server, database, FaultProxy.before(database), weight);
        } catch (RuntimeException failure) {
            server.close();
            throw failure;
        }
    }

    /** The shard as the auditor reaches it. */
    ShardConfig direct() {
        return ShardConfig.of(name, database.url(), database.user(), database.password())
                .withWeight(weight);
    }

    /** The shard as clients reach it, with some weight, as a line of {@code ringshard.yaml}. */
    String yaml(double ofWeight) {
        return "  - { name: %s, url: \"%s\", user: %s, password: \"%s\", weight: %s }"
                .formatted(name, proxy.database().url(), database.user(), database.password(), ofWeight);
    }

    /** Ends so many sessions of clients, as an administrator does; none if the server is away. */
    void terminateSessions(int most) throws SQLException {
        try (Connection connection = database.connect();
                PreparedStatement statement = connection.prepareStatement("""
                        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE datname = current_database() AND pid <> pg_backend_pid()
                        ORDER BY random() LIMIT ?""")) {
            statement.setInt(1, most);
            statement.execute();
        } catch (SQLException failure) {
            if (!isAway(failure)) {
                throw failure;
            }
        }
    }

    private static boolean isAway(SQLException failure) {
        String state = String.valueOf(failure.getSQLState());
        return state.startsWith("08") || state.startsWith("57P");
    }

    /** Whether no session but ours is left, so that nothing can change any more. */
    boolean isQuiet() throws SQLException {
        database.endSessions();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM pg_stat_activity"
                        + " WHERE datname = current_database() AND pid <> pg_backend_pid()")) {
            row.next();
            return row.getInt(1) == 0;
        }
    }

    /** Whether somebody is in the middle of a transaction, and does nothing. */
    boolean hasIdleTransaction() {
        try {
            return database.number("SELECT count(*) FROM pg_stat_activity"
                            + " WHERE datname = current_database() AND state LIKE 'idle in transaction%'")
                    > 0;
        } catch (SQLException away) {
            return false;
        }
    }

    /** What it has handed over to others. */
    record Handovers(long chunks, long rows) {}

    Handovers handovers() throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT count(*), coalesce(sum(row_count), 0) FROM ringshard.handover_history")) {
            row.next();
            return new Handovers(row.getLong(1), row.getLong(2));
        }
    }

    @Override
    public void close() {
        proxy.close();
        server.close();
    }
}
