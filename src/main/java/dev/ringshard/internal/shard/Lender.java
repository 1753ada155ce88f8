package dev.ringshard.internal.shard;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;

/**
 * Waits for a connection of a pool of Ringshard's own. An empty pool logs in again and again for the whole
 * connection-timeout, whatever its server answers. One that refuses the user, the password or the name of the database is
 * not waited for here: trying again mends none of them.
 *
 * <p>The pool itself goes on trying, every few seconds: once it gets in, it lends.
 */
final class Lender {
    /** How long an empty pool is waited for before its last failure is looked at. */
    private static final long TURN_MILLIS = 50;

    private Lender() {}

    /** @throws SQLException if there was none within the connection-timeout, or the server refused the login */
    static Connection lend(HikariDataSource source) throws SQLException {
        if (source.isClosed() || !(source.getHikariPoolMXBean() instanceof HikariPool pool)) {
            return source.getConnection();
        }
        long millisLeft = source.getConnectionTimeout();
        while (pool.getTotalConnections() == 0 && millisLeft > TURN_MILLIS) {
            try {
                return pool.getConnection(TURN_MILLIS);
            } catch (SQLTransientConnectionException noneYet) {
                if (FailureKind.isRefusedLogin(noneYet)) {
                    throw noneYet;
                }
                millisLeft -= TURN_MILLIS;
            }
        }
        return pool.getConnection(millisLeft);
    }
}
