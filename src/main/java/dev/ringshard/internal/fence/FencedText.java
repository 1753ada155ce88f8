package dev.ringshard.internal.fence;

import dev.ringshard.failure.NoOwnerException;
import dev.ringshard.internal.ownership.OwnedRangeTable;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.SnapshotText;
import dev.ringshard.internal.shard.Transactions;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * A statement with the beginning of its transaction and the check of its token, as one text for PostgreSQL that is sent in
 * autocommit: {@code BEGIN; check; statement}, and {@code COMMIT} where it is the only one. The driver sends it in one round trip.
 * Where it fails, the transaction that it has begun is still to be ended.
 *
 * @param sql its parameters are the check's, then the statement's
 * @param checkParameters how many are the check's
 * @param reads whether the check answers, where that of a write is refused
 */
public record FencedText(String sql, int checkParameters, boolean reads) {

    /** A query, in one snapshot in which the shard must own the token; without a lock. */
    public static FencedText reading(String query, boolean commits) {
        String check = "SELECT " + OwnedRangeTable.OWNS;
        return new FencedText(text(SnapshotText.BEGIN, check, query, commits), 2, true);
    }

    /** A statement that may write, and enters the token. */
    public static FencedText writing(String statement, boolean commits) {
        return new FencedText(text(Transactions.BEGIN_WRITING, Fence.ENTER, statement, commits), 1, false);
    }

    private static String text(String beginning, String check, String statement, boolean commits) {
        // no blank before the statement: where it is wrong, the server counts from there
        return beginning + ";" + check + ";" + statement + "\n" + (commits ? ";COMMIT" : "");
    }

    /** Sets the parameters of the check. */
    public void bind(PreparedStatement statement, long token) throws SQLException {
        for (int i = 1; i <= checkParameters; i++) {
            statement.setLong(i, token);
        }
    }

    /**
     * Executes it, and stands on what the statement gave.
     *
     * @throws NoOwnerException if the shard does not own the token; nothing was read
     */
    public void execute(PreparedStatement statement, Shard shard, long token) throws SQLException {
        statement.execute();
        statement.getMoreResults(); // past the answer of BEGIN
        if (reads) {
            try (ResultSet check = statement.getResultSet()) {
                if (!check.next() || !check.getBoolean(1)) {
                    throw OwnedTransaction.refusal(shard, token);
                }
            }
        }
        statement.getMoreResults();
    }
}
