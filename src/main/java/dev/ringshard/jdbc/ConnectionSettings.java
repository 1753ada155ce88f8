package dev.ringshard.jdbc;

import dev.ringshard.internal.shard.ShardTransaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientException;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * What a connection was told about its transactions and its session. Each transaction begins by telling the database's connection
 * what is of the session.
 */
final class ConnectionSettings {
    private boolean autoCommit = true;
    private boolean readOnly;
    private int isolation = Connection.TRANSACTION_READ_COMMITTED;
    private @Nullable String schema;
    private final Properties clientInfo = new Properties();
    private int networkTimeoutMillis;

    boolean autoCommit() {
        return autoCommit;
    }

    void autoCommit(boolean commits) {
        autoCommit = commits;
    }

    boolean readOnly() {
        return readOnly;
    }

    void readOnly(boolean reads) {
        readOnly = reads;
    }

    int isolation() {
        return isolation;
    }

    void isolation(int level) throws SQLException {
        isolation = switch (level) {
            case Connection.TRANSACTION_READ_UNCOMMITTED, Connection.TRANSACTION_READ_COMMITTED ->
                Connection.TRANSACTION_READ_COMMITTED;
            case Connection.TRANSACTION_REPEATABLE_READ, Connection.TRANSACTION_SERIALIZABLE -> level;
            default ->
                throw new SQLNonTransientException(
                        "There is no isolation level %d. Nothing was changed.".formatted(level), SqlFailures.INVALID);
        };
    }

    @Nullable
    String schema() {
        return schema;
    }

    void schema(@Nullable String name) {
        schema = name;
    }

    @Nullable
    String clientInfo(String name) {
        return clientInfo.getProperty(name);
    }

    Properties clientInfo() {
        return (Properties) clientInfo.clone();
    }

    void clientInfo(String name, @Nullable String value) {
        if (value == null) {
            clientInfo.remove(name);
        } else {
            clientInfo.setProperty(name, value);
        }
    }

    void clientInfo(Properties properties) {
        clientInfo.clear();
        clientInfo.putAll(properties);
    }

    int networkTimeoutMillis() {
        return networkTimeoutMillis;
    }

    void networkTimeoutMillis(int millis) {
        networkTimeoutMillis = millis;
    }

    /** Whether a transaction needs nothing that it has to be told first. */
    boolean areDefault() {
        return schema == null
                && clientInfo.isEmpty()
                && networkTimeoutMillis == 0
                && isolation == Connection.TRANSACTION_READ_COMMITTED;
    }

    /** Tells a transaction that has begun. The next user of the database's connection finds nothing of it. */
    void apply(ShardTransaction transaction) throws SQLException {
        Connection connection = transaction.connection();
        if (networkTimeoutMillis > 0) {
            connection.setNetworkTimeout(Runnable::run, networkTimeoutMillis);
        }
        if (schema == null && clientInfo.isEmpty()) {
            return;
        }
        transaction.changesSession();
        if (schema != null) {
            connection.setSchema(schema);
        }
        if (!clientInfo.isEmpty()) {
            connection.setClientInfo(clientInfo);
        }
    }
}
