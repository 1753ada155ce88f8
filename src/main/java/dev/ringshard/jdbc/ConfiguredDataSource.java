package dev.ringshard.jdbc;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** What of a data source stands in the configuration of the shards, and cannot be set at it. */
abstract class ConfiguredDataSource implements DataSource {

    /** Not supported: the users of the shards stand in the configuration. */
    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw RoutedConnectionBuilder.usersAreConfigured();
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
