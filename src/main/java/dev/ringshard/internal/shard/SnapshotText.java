package dev.ringshard.internal.shard;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** A check and a query that read one snapshot, as one text; see {@link Transactions#inOneSnapshot}. */
public record SnapshotText(String sql) {
    /** Begins a transaction of PostgreSQL that reads one snapshot. */
    public static final String BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

    /** What the check gave, once the text has been executed; empty if what the query gave is not to be taken. */
    public String check(PreparedStatement executed) throws SQLException {
        executed.getMoreResults(); // past the answer of BEGIN
        try (ResultSet check = executed.getResultSet()) {
            check.next();
            return check.getString(1);
        }
    }

    /** The rows of the query, after the check was read. */
    public ResultSet rows(PreparedStatement executed) throws SQLException {
        executed.getMoreResults();
        return executed.getResultSet();
    }
}
