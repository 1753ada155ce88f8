package dev.ringshard.bench;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.PoolConfig;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.testing.H2Database;
import dev.ringshard.testing.PostgresServer;
import dev.ringshard.testing.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Where databases come from: PostgreSQL with {@code fsync} and {@code synchronous_commit} on, as in production, from the
 * binaries on the class path or a server that is given; H2 in memory. What is given needs {@code max_prepared_transactions} of as many as
 * there are threads, for transfers.
 */
final class Servers implements AutoCloseable {
    private static final PoolConfig POOL =
            PoolConfig.DEFAULT.withSize(34).withConnectionTimeout(Duration.ofSeconds(30));

    private final PostgresServer postgres;

    /** The one that {@code -Dringshard.postgres} names, if it does; otherwise one of its own. */
    Servers() {
        postgres = System.getProperty("ringshard.postgres", "").startsWith("jdbc:")
                ? PostgresServer.shared()
                : PostgresServer.startDurable(Map.of("max_prepared_transactions", "64"));
    }

    TestDatabase fresh(DatabaseKind kind) {
        return switch (kind) {
            case POSTGRESQL -> postgres.createDatabase();
            case H2 -> H2Database.inMemory();
        };
    }

    /** Shards on fresh databases, not initialised. */
    RingshardConfig config(DatabaseKind kind, int shards) {
        List<ShardConfig> configs = new ArrayList<>();
        for (int number = 1; number <= shards; number++) {
            configs.add(shard(kind, "eu-" + number));
        }
        return RingshardConfig.builder("bench")
                .shards(configs)
                .routingTimeout(Duration.ofSeconds(30))
                .build();
    }

    ShardConfig shard(DatabaseKind kind, String name) {
        TestDatabase database = fresh(kind);
        boolean hasUser = database.url().contains("user="); // of a server that is given
        return ShardConfig.of(
                        name, database.url(), hasUser ? "" : database.user(), hasUser ? "" : database.password())
                .withPool(POOL);
    }

    /** Such as {@code PostgreSQL 18.6, fsync on, synchronous_commit on}. */
    String describe() throws SQLException {
        try (Connection connection = postgres.createDatabase().connect()) {
            return "PostgreSQL %s, fsync %s, synchronous_commit %s, shared_buffers %s"
                    .formatted(
                            setting(connection, "server_version"),
                            setting(connection, "fsync"),
                            setting(connection, "synchronous_commit"),
                            setting(connection, "shared_buffers"));
        }
    }

    private static String setting(Connection connection, String name) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW " + name)) {
            row.next();
            return row.getString(1);
        }
    }

    @Override
    public void close() {
        postgres.close();
    }
}
