package dev.ringshard.ownership;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * Keeps work for a token on the shard that owns it.
 *
 * <p>A transaction that writes <em>enters</em> the token: it holds the row of the range that has it until it ends, or is
 * refused with SQLSTATE {@code RS001} before anything is done. A point read takes no lock; it asks in the same statement,
 * and so in the same snapshot, whether the shard owns the token.
 */
public final class Fence {
    /** One parameter: the token. Runs on every database. */
    static final String ENTER = "SELECT ringshard.enter(?)";

    /** One parameter: an array of tokens. Runs on PostgreSQL. */
    static final String ENTER_ALL = "SELECT ringshard.enter(token) FROM unnest(CAST(? AS bigint[])) AS token";

    /** A boolean, never null. Two parameters, both the token. */
    static final String OWNS = "COALESCE((SELECT o.last_token >= ? FROM ringshard.owned_range o"
            + " WHERE o.first_token <= ? ORDER BY o.first_token DESC LIMIT 1), FALSE)";

    private Fence() {}

    /** Enters the token in the connection's transaction, or fails with SQLSTATE {@code RS001}. */
    public static void enter(Connection connection, long token) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(ENTER)) {
            statement.setLong(1, token);
            statement.execute();
        }
    }
}
