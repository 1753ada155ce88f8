package dev.ringshard.jdbc;

import dev.ringshard.scatter.ScatterGather;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Read-only connections to all shards at once, for reports. A query runs on every shard as it is, and its rows come one shard after
 * the other, or in one order: see {@link #orderedBy}. What it adds up, it adds up on each shard: of {@code SELECT count(*)} there
 * is one row from each, and the sum is the caller's.
 *
 * <p>The shards' snapshots together hold every row exactly once. What a move has staged on a shard or left behind there is in its
 * tables, too: a query that leaves it out by a condition, {@code ringshard.is_owned(TOKEN)}, is exact at any time. Any other waits
 * for as long as {@code routing-timeout} allows until nothing is on its way, and is refused with {@code 40001} otherwise. In autocommit each query has
 * snapshots of its own; in a transaction all have those of the first.
 *
 * <p>Rows are fetched as they are read, a thousand at a time unless {@link java.sql.Statement#setFetchSize} says otherwise, on
 * PostgreSQL in constant memory; until they are closed, they keep a connection of every shard. Where a row is from, tells
 * {@link RowOrigin}.
 *
 * <p>Thread-safe; a connection is for one thread at a time.
 */
public final class AllShardsDataSource extends ConfiguredDataSource {
    private final ScatterGather scatter;
    private final OwnerTransactions transactions;
    private final RowOrder order;
    private final @Nullable String only;

    /** @param only the one shard that is read; null for all */
    AllShardsDataSource(ScatterGather scatter, OwnerTransactions transactions, RowOrder order, @Nullable String only) {
        this.scatter = scatter;
        this.transactions = transactions;
        this.order = order;
        this.only = only;
    }

    /**
     * The same, where the rows of all shards are merged in one order, in which every query has to give them: as it says
     * {@code ORDER BY}. Whether each shard does, is looked at while the rows are read; a text's order has to be that of its code
     * points, so on PostgreSQL write {@code ORDER BY name COLLATE "C"}.
     *
     * @param columns the labels of the rows' columns, each perhaps with {@code DESC}, and with {@code NULLS FIRST} or
     *     {@code NULLS LAST}; without these, nulls are where the database puts them
     */
    public AllShardsDataSource orderedBy(String... columns) {
        return new AllShardsDataSource(scatter, transactions, RowOrder.of(List.of(columns)), only);
    }

    /**
     * The same of one shard alone, for looking into its database: whatever is there is read, also rows that are on their way from it
     * or to it, and whether or not other shards answer.
     *
     * @param shard its name; of one that is not configured, queries fail
     */
    public AllShardsDataSource only(String shard) {
        return new AllShardsDataSource(scatter, transactions, order, shard);
    }

    @Override
    public Connection getConnection() throws SQLException {
        return AllShardsConnection.open(scatter, transactions, order, only);
    }
}
