package dev.ringshard.jdbc;

import dev.ringshard.internal.routes.RoutedCalls;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.routing.Router;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.ConnectionBuilder;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.ShardingKeyBuilder;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

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
 * {@code 08007} where nobody knows whether it was done, {@code 08001} where a shard does not answer, and {@code 0A000} for what
 * does not work, or not across shards.
 *
 * <p>Thread-safe; a connection is for one thread at a time.
 */
public final class RingshardDataSource implements DataSource {
    private final OwnerTransactions transactions;

    /** Connections by what a process knows of owners. */
    public RingshardDataSource(Router router, RoutedCalls calls, Shards shards) {
        this.transactions = new OwnerTransactions(router, calls, shards);
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

    /** Not supported: the users of the shards stand in the configuration. */
    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw RoutedConnectionBuilder.usersAreConfigured();
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

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    /** Not supported: Ringshard logs through SLF4J. */
    @Override
    public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
        throw new SQLFeatureNotSupportedException("Ringshard logs through SLF4J.", SqlFailures.NOT_SUPPORTED);
    }

    /** Not supported: each shard's pool has its connection time-out. */
    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        throw new SQLFeatureNotSupportedException(
                "How long to wait for a connection is configured: pool.connection-timeout of each shard.",
                SqlFailures.NOT_SUPPORTED);
    }

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    /** Not supported: Ringshard logs through SLF4J. */
    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("Ringshard logs through SLF4J.", SqlFailures.NOT_SUPPORTED);
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        if (type.isInstance(this)) {
            return type.cast(this);
        }
        throw new SQLException(
                "This data source stands before many pools, and wraps none of class %s.".formatted(type.getName()));
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return type.isInstance(this);
    }
}
