package dev.ringshard.testing;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A cluster on fresh databases, with a connection of the test's own to each of them, past Ringshard. Those connections
 * are for one thread at a time.
 */
public final class OpenCluster implements AutoCloseable {
    private final RingshardConfig config;
    private final Ringshard ringshard;
    private final Map<String, Connection> connections = new LinkedHashMap<>();

    private OpenCluster(RingshardConfig config) throws SQLException {
        this.config = config;
        this.ringshard = Ringshard.open(config);
        for (ShardConfig shard : config.shards()) {
            connections.put(shard.name(), TestDatabase.of(shard).connect());
        }
    }

    /** Opens a cluster of the bank that was founded with one shard for each kind given. */
    public static OpenCluster of(List<DatabaseKind> kinds) throws SQLException {
        return new OpenCluster(TestCluster.founded(kinds));
    }

    /** As {@link #of(List)}, of {@link Parcels} instead of the bank. */
    public static OpenCluster ofParcels(List<DatabaseKind> kinds) throws SQLException {
        return new OpenCluster(Parcels.founded(kinds));
    }

    /** Opens a cluster that is there, all of whose shards are given by their URLs. */
    public static OpenCluster open(RingshardConfig config) throws SQLException {
        return new OpenCluster(config);
    }

    /** Lets the test look into a shard that joins, or has joined, the cluster. */
    public void watch(ShardConfig shard) throws SQLException {
        connections.put(shard.name(), TestDatabase.of(shard).connect());
    }

    public RingshardConfig config() {
        return config;
    }

    public Ringshard ringshard() {
        return ringshard;
    }

    /** Each shard's connection, in autocommit mode, by the shard's name. */
    public Map<String, Connection> connections() {
        return connections;
    }

    /** Runs a statement on every shard, past Ringshard but not past the fence. */
    public void execute(String sql) throws SQLException {
        for (Connection connection : connections.values()) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
        }
    }

    /** Deletes all customers. */
    public void empty() throws SQLException {
        execute("DELETE FROM account_entries");
        execute("DELETE FROM customers");
        execute("DELETE FROM customer_clearing");
        execute("DELETE FROM ringshard.outbox");
        execute("DELETE FROM ringshard.inbox");
    }

    /** Fails unless the data keeps what Ringshard guarantees and every connection of the pools is back. */
    public void assertSound() throws SQLException {
        new SoundCluster(this).check();
    }

    @Override
    public void close() throws SQLException {
        ringshard.close();
        for (Connection connection : connections.values()) {
            connection.close();
        }
    }
}
