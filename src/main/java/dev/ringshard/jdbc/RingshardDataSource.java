package dev.ringshard.jdbc;

import dev.ringshard.internal.routes.RoutedCalls;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.routing.Router;
import dev.ringshard.scatter.ScatterGather;
import java.sql.Connection;
import java.sql.ConnectionBuilder;
import java.sql.ShardingKeyBuilder;
import java.util.List;

/**
 * A data source whose connections work on the shard that owns their key: that of the thread, see {@link ShardKey#with}, or the
 * one that the connection is built with or told. Without a key, a connection tells of its metadata, and runs no statement. It is a pool by itself, and needs none before it: a connection takes one from
 * the owner's pool with the first statement of each transaction, and gives it back when the transaction ends.
 *
 * <p>The first statement of a transaction makes sure that the shard owns the key; until then nothing is done, and the connection
 * follows a key that has moved by itself. A transaction that is read-only sees one snapshot and locks nothing. In autocommit each
 * statement is a transaction.
 *
 * <p>Failures carry the driver's SQLSTATE, or {@code 40001} where nothing was done and repeating the transaction is right,
 * {@code 08007} where it is not known whether it was done, {@code 08001} where a shard does not answer, and {@code 0A000} for what
 * does not work, or not across shards.
 *
 * <p>Thread-safe; a connection is for one thread at a time.
 */
public final class RingshardDataSource extends ConfiguredDataSource {
    private final OwnerTransactions transactions;
    private final AllShardsDataSource allShards;

    /** Connections by what a process knows of owners. */
    public RingshardDataSource(Router router, RoutedCalls calls, Shards shards, ScatterGather scatter) {
        this.transactions = new OwnerTransactions(router, calls, shards);
        this.allShards = new AllShardsDataSource(scatter, transactions, new RowOrder(List.of()), null);
    }

    /**
     * A connection for the key of the thread. If the thread has none, each transaction is for the key that the thread has at its
     * first statement; until there is one, the connection can be asked for its metadata, as frameworks do when they start.
     *
     * <p>Within work for another key it runs nothing, so that no statement looks for the rows of one key on the shard of another.
     */
    @Override
    public Connection getConnection() {
        return RoutedConnection.ofThread(transactions);
    }

    /** Builds connections for a key, whatever that of the thread is; without one, it is as {@link #getConnection()}. */
    @Override
    public ConnectionBuilder createConnectionBuilder() {
        return new RoutedConnectionBuilder(transactions);
    }

    /** Builds keys of one subkey: a text, a whole number, or a {@link java.util.UUID}. */
    @Override
    public ShardingKeyBuilder createShardingKeyBuilder() {
        return new ShardKeyBuilder();
    }

    /** Read-only connections to all shards at once. */
    public AllShardsDataSource allShards() {
        return allShards;
    }
}
