package dev.ringshard.jdbc;

import java.sql.ClientInfoStatus;
import java.sql.Connection;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLNonTransientException;
import java.sql.SQLWarning;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose session is its {@link ConnectionSettings}: what it is told between transactions, the next of which tells it to the
 * database's connection.
 */
abstract class SessionConnection extends PreparingConnection {
    final ConnectionSettings settings = new ConnectionSettings();

    /** The transaction, which may not have begun yet. */
    abstract RoutedTransaction transaction();

    /** Work on a connection of the database's. */
    @FunctionalInterface
    interface Question<T extends @Nullable Object> {
        T of(Connection connection) throws SQLException;
    }

    /** In the transaction, or on any shard. */
    abstract <T extends @Nullable Object> T anywhereOrHere(Question<T> question) throws SQLException;

    @Override
    public abstract boolean isClosed();

    @Override
    public void setReadOnly(boolean reads) throws SQLException {
        transaction().requireNone("Whether it only reads");
        settings.readOnly(reads);
    }

    @Override
    public boolean isReadOnly() throws SQLException {
        requireOpen();
        return settings.readOnly();
    }

    @Override
    public void setTransactionIsolation(int level) throws SQLException {
        transaction().requireNone("The isolation level");
        settings.isolation(level);
    }

    @Override
    public int getTransactionIsolation() throws SQLException {
        requireOpen();
        return settings.isolation();
    }

    /** Ignored, as of databases whose connections are to one catalog. */
    @Override
    public void setCatalog(@Nullable String catalog) throws SQLException {
        requireOpen();
    }

    @Override
    public @Nullable String getCatalog() throws SQLException {
        return anywhereOrHere(Connection::getCatalog);
    }

    @Override
    public void setSchema(@Nullable String schema) throws SQLException {
        transaction().requireNone("The schema");
        settings.schema(schema);
    }

    @Override
    public @Nullable String getSchema() throws SQLException {
        requireOpen();
        return settings.schema() == null ? anywhereOrHere(Connection::getSchema) : settings.schema();
    }

    @Override
    public void setClientInfo(String name, @Nullable String value) throws SQLClientInfoException {
        requireOpenForClientInfo();
        settings.clientInfo(name, value);
    }

    @Override
    public void setClientInfo(Properties properties) throws SQLClientInfoException {
        requireOpenForClientInfo();
        settings.clientInfo(properties);
    }

    private void requireOpenForClientInfo() throws SQLClientInfoException {
        if (isClosed() || transaction().current() != null) {
            throw new SQLClientInfoException(
                    isClosed()
                            ? "This connection is closed."
                            : "Client information cannot change within a transaction(). Nothing was changed.",
                    Map.<String, ClientInfoStatus>of());
        }
    }

    @Override
    public @Nullable String getClientInfo(String name) throws SQLException {
        requireOpen();
        return settings.clientInfo(name);
    }

    @Override
    public Properties getClientInfo() throws SQLException {
        requireOpen();
        return settings.clientInfo();
    }

    @Override
    public void setNetworkTimeout(@Nullable Executor executor, int millis) throws SQLException {
        transaction().requireNone("The network time-out");
        requireTimeout(millis);
        settings.networkTimeoutMillis(millis);
    }

    @Override
    public int getNetworkTimeout() throws SQLException {
        requireOpen();
        return settings.networkTimeoutMillis();
    }

    @Override
    public @Nullable SQLWarning getWarnings() throws SQLException {
        requireOpen();
        return transaction().current() == null ? null : transaction().ask(Connection::getWarnings);
    }

    @Override
    public void clearWarnings() throws SQLException {
        requireOpen();
        if (transaction().current() != null) {
            transaction().ask(connection -> {
                connection.clearWarnings();
                return true;
            });
        }
    }

    @Override
    public Map<String, Class<?>> getTypeMap() throws SQLException {
        requireOpen();
        return Map.of();
    }

    @Override
    public void setTypeMap(@Nullable Map<String, Class<?>> map) throws SQLException {
        requireOpen();
        if (map != null && !map.isEmpty()) {
            throw SqlFailures.notSupported(
                    "A type map was given. Nothing was done. Hand it to getObject instead, where the driver has a use for it.");
        }
    }

    static void requireTimeout(int seconds) throws SQLException {
        if (seconds < 0) {
            throw new SQLNonTransientException(
                    "A time-out of %d s was given, where 0 is the least. Nothing was done.".formatted(seconds),
                    SqlFailures.INVALID);
        }
    }
}
