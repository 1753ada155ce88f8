package dev.ringshard.internal.shard;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Several queries of one snapshot, as one text; see {@link Dialect#inOneSnapshot}.
 *
 * @param resultsBefore how many results of other statements come before that of the first query
 */
public record SnapshotText(String sql, int resultsBefore) {

    /** Reads the result of the first query, once the text has been executed. */
    public ResultSet first(PreparedStatement executed) throws SQLException {
        for (int result = 0; result < resultsBefore; result++) {
            executed.getMoreResults();
        }
        return executed.getResultSet();
    }

    /** Reads the result of the next query. */
    public ResultSet next(PreparedStatement executed) throws SQLException {
        executed.getMoreResults();
        return executed.getResultSet();
    }
}
