package dev.ringshard.jdbc;

import dev.ringshard.internal.shard.ShardTransaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** What a connection was told about its session; each transaction begins by telling it to the database's connection. */
final class SessionSettings {
    private @Nullable String schema;
    private final Properties clientInfo = new Properties();
    private int networkTimeoutMillis;

    @Nullable
    String schema() {
        return schema;
    }

    void schema(@Nullable String name) {
        schema = name;
    }

    Properties clientInfo() {
        return clientInfo;
    }

    int networkTimeoutMillis() {
        return networkTimeoutMillis;
    }

    void networkTimeoutMillis(int millis) {
        networkTimeoutMillis = millis;
    }

    boolean areDefault() {
        return schema == null && clientInfo.isEmpty() && networkTimeoutMillis == 0;
    }

    /** The next user of the database's connection finds nothing of it. */
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
