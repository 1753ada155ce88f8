package dev.ringshard.internal.fence;

import dev.ringshard.internal.ownership.ChangeTable;
import dev.ringshard.internal.ownership.DepartedRangeTable;
import dev.ringshard.internal.ownership.HandoverTable;
import dev.ringshard.internal.ownership.MembershipTable;
import dev.ringshard.internal.ownership.OwnedRangeTable;
import dev.ringshard.internal.ownership.ShardedTableTable;
import dev.ringshard.internal.shard.FailureKind;
import dev.ringshard.ring.KeyHashes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.OptionalLong;
import org.h2.api.Trigger;
import org.jspecify.annotations.Nullable;

/**
 * The fence on H2, where triggers and functions are Java: {@code migrations/ringshard/h2} names this class. It does what the
 * functions in {@code migrations/ringshard/postgresql} do, with the same messages.
 *
 * <p>H2 has no shared row locks: the row of the range is held {@code FOR UPDATE}, so that work on one range takes turns.
 */
public final class H2Fence implements Trigger {
    private static final String AWAY = "SELECT target, epoch FROM ("
            + HandoverTable.TARGETS + " UNION ALL " + DepartedRangeTable.TARGETS + ") "
            + "WHERE ? BETWEEN first_token AND last_token ORDER BY epoch DESC LIMIT 1";

    private int tokenColumn;
    private String table = "";

    /** Called by H2. */
    public H2Fence() {}

    @Override
    public void init(Connection connection, String schema, String trigger, String table, boolean before, int type)
            throws SQLException {
        this.table = schema + "." + table;
        try (PreparedStatement find = connection.prepareStatement(ShardedTableTable.TOKEN_POSITION)) {
            find.setString(1, schema);
            find.setString(2, table);
            try (ResultSet column = find.executeQuery()) {
                if (!column.next()) {
                    throw new SQLException("table " + table + " is not declared as sharded, and so cannot be fenced");
                }
                tokenColumn = column.getInt(1) - 1;
            }
        }
    }

    @Override
    public void fire(Connection connection, Object @Nullable [] before, Object @Nullable [] after) throws SQLException {
        if (before != null) {
            pass(connection, token(before));
        }
        if (after != null && (before == null || token(after) != token(before))) {
            pass(connection, token(after));
        }
    }

    private long token(Object[] row) throws SQLException {
        if (row[tokenColumn] instanceof Long token) {
            return token;
        }
        throw new SQLException("a row has no key or no token, and so belongs to nobody; nothing was written", "RS003");
    }

    /** A mover passes everywhere; what is written to a range that is being copied is logged. */
    private void pass(Connection connection, long token) throws SQLException {
        switch (hold(connection, token)) {
            case NONE -> {
                if (!isMover(connection)) {
                    throw refusal(connection, token);
                }
            }
            case LOGGED -> log(connection, token);
            case UNLOGGED -> {}
        }
    }

    /** By its token: foreign keys are checked for rows that move, too, so that the rows of a token are copied together. */
    private void log(Connection connection, long token) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(ChangeTable.LOG)) {
            insert.setLong(1, token);
            insert.setString(2, table);
            insert.setLong(3, token);
            insert.setLong(4, token);
            insert.executeUpdate();
        }
    }

    /** Called by H2 for {@code ringshard.token(key)}. */
    public static @Nullable Long token(@Nullable String key) {
        return key == null ? null : KeyHashes.MD5.token(key);
    }

    /** Called by H2 for {@code ringshard.is_owned(token)}. */
    public static boolean isOwned(Connection connection, long token) throws SQLException {
        try (PreparedStatement find = connection.prepareStatement("SELECT " + OwnedRangeTable.OWNS)) {
            find.setLong(1, token);
            find.setLong(2, token);
            try (ResultSet row = find.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    /** Called by H2 for {@code ringshard.enter(token)}. */
    public static void enter(Connection connection, long token) throws SQLException {
        if (hold(connection, token) == Range.NONE) {
            throw refusal(connection, token);
        }
    }

    /** What is held of a token: nothing, as the shard does not own it, or its range. */
    private enum Range {
        NONE,
        UNLOGGED,
        LOGGED
    }

    private static Range hold(Connection connection, long token) throws SQLException {
        while (true) {
            OptionalLong first = first(connection, token);
            if (first.isEmpty()) {
                return Range.NONE;
            }
            try (PreparedStatement lock = connection.prepareStatement(OwnedRangeTable.LOCK)) {
                lock.setLong(1, first.getAsLong());
                try (ResultSet row = lock.executeQuery()) {
                    if (row.next() && row.getLong(1) >= token) {
                        return row.getBoolean(2) ? Range.LOGGED : Range.UNLOGGED;
                    }
                }
            }
            // The range left or was split while this waited for its row: look again.
        }
    }

    private static OptionalLong first(Connection connection, long token) throws SQLException {
        try (PreparedStatement find = connection.prepareStatement(OwnedRangeTable.FIND)) {
            find.setLong(1, token);
            find.setLong(2, token);
            try (ResultSet row = find.executeQuery()) {
                return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
            }
        }
    }

    private static boolean isMover(Connection connection) throws SQLException {
        return "on".equals(text(connection, "SELECT CAST(@ringshard_mover AS VARCHAR)"));
    }

    private static SQLException refusal(Connection connection, long token) throws SQLException {
        String shard = text(connection, MembershipTable.SHARD_NAME);
        String start =
                "shard %s does not own token %d".formatted(shard == null ? "that is not initialised" : shard, token);
        try (PreparedStatement statement = connection.prepareStatement(AWAY)) {
            statement.setLong(1, token);
            try (ResultSet away = statement.executeQuery()) {
                if (away.next()) {
                    String target = away.getString(1);
                    return new SQLException(
                            """
                            %s: it was handed over to shard %s. Nothing was written. Write through Ringshard, \
                            which finds the owner, or to shard %s. (token=%d owner=%s epoch=%d)""".formatted(start, target, target, token, target, away.getLong(2)),
                            FailureKind.NOT_OWNER_STATE);
                }
            }
        }
        return new SQLException(
                start
                        + ", and does not know which shard does. Nothing was written. Write through Ringshard, which finds"
                        + " the owner; its command \"locate\" names it. (token=" + token + ")",
                FailureKind.NOT_OWNER_STATE);
    }

    private static @Nullable String text(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            return row.next() ? row.getString(1) : null;
        }
    }
}
