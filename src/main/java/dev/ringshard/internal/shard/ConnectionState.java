package dev.ringshard.internal.shard;

import java.sql.Connection;
import java.sql.SQLException;

/** How a connection came out of a data source of the caller's, so that it goes back as it came. */
record ConnectionState(boolean autoCommit, boolean readOnly, int isolation) {

    /**
     * Asks the connection, and brings it to what Ringshard's own pools hand out, but for the isolation level: that of a
     * session could reach other clients through a pooler, so each transaction has its own.
     */
    static ConnectionState normalised(Connection connection) throws SQLException {
        ConnectionState before = new ConnectionState(
                connection.getAutoCommit(), connection.isReadOnly(), connection.getTransactionIsolation());
        new ConnectionState(true, false, before.isolation).apply(connection, before);
        return before;
    }

    void restore(Connection connection) throws SQLException {
        apply(
                connection,
                new ConnectionState(
                        connection.getAutoCommit(), connection.isReadOnly(), connection.getTransactionIsolation()));
    }

    private void apply(Connection connection, ConnectionState now) throws SQLException {
        if (!now.autoCommit) {
            connection.rollback(); // asking for the isolation may have begun a transaction
        }
        if (now.isolation != isolation) {
            connection.setTransactionIsolation(isolation);
        }
        if (now.readOnly != readOnly) {
            connection.setReadOnly(readOnly);
        }
        if (now.autoCommit != autoCommit) {
            connection.setAutoCommit(autoCommit);
        }
    }
}
