package dev.ringshard.jdbc;

import java.sql.Connection;
import java.sql.ConnectionBuilder;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.ShardingKey;
import org.jspecify.annotations.Nullable;

/** Builds a connection for a key, or for none yet. */
final class RoutedConnectionBuilder implements ConnectionBuilder {
    private final OwnerTransactions transactions;
    private @Nullable ShardingKey key;
    private @Nullable ShardingKey superKey;
    private boolean namesUser;

    RoutedConnectionBuilder(OwnerTransactions transactions) {
        this.transactions = transactions;
    }

    @Override
    public ConnectionBuilder user(String user) {
        namesUser = true;
        return this;
    }

    @Override
    public ConnectionBuilder password(String password) {
        namesUser = true;
        return this;
    }

    @Override
    public ConnectionBuilder shardingKey(@Nullable ShardingKey shardingKey) {
        key = shardingKey;
        return this;
    }

    @Override
    public ConnectionBuilder superShardingKey(@Nullable ShardingKey superShardingKey) {
        superKey = superShardingKey;
        return this;
    }

    /** Without a key, for that of the thread. */
    @Override
    public Connection build() throws SQLException {
        if (namesUser) {
            throw usersAreConfigured();
        }
        ShardKey own = RoutedConnection.own(key, superKey);
        return own == null ? RoutedConnection.ofThread(transactions) : RoutedConnection.of(transactions, own);
    }

    static SQLException usersAreConfigured() {
        return new SQLFeatureNotSupportedException(
                "A connection was asked for as another user. Nothing was done. The users of the shards stand in the configuration; ask without one.",
                SqlFailures.NOT_SUPPORTED);
    }
}
