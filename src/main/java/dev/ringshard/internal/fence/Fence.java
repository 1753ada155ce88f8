package dev.ringshard.internal.fence;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * Keeps work for a token on the shard that owns it.
 *
 * <p>A transaction that writes <em>enters</em> the token: it holds the row of the range that has it until it ends, or is
 * refused with SQLSTATE {@code RS001} before anything is done. On PostgreSQL it needs no row where the token's slot is open: see
 * {@code V2__fence.sql}. A point read takes no lock; it asks in the same statement,
 * and so in the same snapshot, whether the shard owns the token.
 */
public final class Fence {
    /** One parameter: the token. Runs on every database. */
    public static final String ENTER = "SELECT ringshard.enter(?)";

    private Fence() {}

    /** Enters the token in the connection's transaction, or fails with SQLSTATE {@code RS001}. */
    public static void enter(Connection connection, long token) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(ENTER)) {
            statement.setLong(1, token);
            statement.execute();
        }
    }
}
