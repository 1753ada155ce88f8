package dev.ringshard.routing;

import dev.ringshard.internal.fence.OwnedTransaction;
import dev.ringshard.internal.ownership.OwnedRangeTable;
import dev.ringshard.internal.shard.Shard;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A query for the rows of one key, together with the question whether the shard owns the key's token: one statement, so
 * that both answers come from one snapshot. Two would be wrong: in between, the range could leave and be written
 * elsewhere. Takes no lock. Immutable; make it once and keep it.
 *
 * <p>The statement that is tried first answers only where there are rows, and saves the database a join. Where it
 * returns none, nothing is known yet, and a second one, complete in itself, answers both from a snapshot of its own.
 *
 * @param <T> what one row becomes
 */
public final class PointRead<T> {
    private final String whereThereAreRows;
    private final String always;
    private final RowReader<T> reader;

    private PointRead(String whereThereAreRows, String always, RowReader<T> reader) {
        this.whereThereAreRows = whereThereAreRows;
        this.always = always;
        this.reader = reader;
    }

    /**
     * A point read of a query.
     *
     * @param query one SELECT whose columns have different names; parameters as {@code ?}. It must restrict itself to
     *     one key, and call no VOLATILE function that reads or writes tables: such a function has snapshots of its own, in which
     *     the key may have left.
     */
    public static <T> PointRead<T> of(String query, RowReader<T> reader) {
        String rows = "(SELECT t.*, 1 AS row_present FROM (" + query + ") t) q";
        return new PointRead<>(
                "SELECT q.*, " + OwnedRangeTable.OWNS + " AS shard_owns FROM " + rows,
                "SELECT q.*, f.shard_owns FROM (SELECT " + OwnedRangeTable.OWNS + " AS shard_owns) f LEFT JOIN " + rows
                        + " ON TRUE",
                reader);
    }

    /**
     * Runs the query on a shard.
     *
     * @return the rows; empty if there are none
     * @throws NoOwnerException if the shard does not own the token
     */
    List<T> on(Shard shard, long token, @Nullable Object... parameters) {
        return shard.read(always, connection -> {
            shard.requireUnchanged();
            List<T> found = run(whereThereAreRows, connection, shard, token, parameters);
            return found.isEmpty() ? run(always, connection, shard, token, parameters) : found;
        });
    }

    private List<T> run(String sql, Connection connection, Shard shard, long token, @Nullable Object... parameters)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, token);
            statement.setLong(2, token);
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 3, parameters[i]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                return read(rows, shard, token);
            }
        }
    }

    private List<T> read(ResultSet rows, Shard shard, long token) throws SQLException {
        List<T> result = new ArrayList<>(1);
        int shardOwns = rows.getMetaData().getColumnCount();
        int rowPresent = shardOwns - 1;
        while (rows.next()) {
            if (!rows.getBoolean(shardOwns)) {
                throw OwnedTransaction.refusal(shard, token);
            }
            rows.getInt(rowPresent);
            if (!rows.wasNull()) {
                result.add(reader.read(rows));
            }
        }
        return result;
    }
}
