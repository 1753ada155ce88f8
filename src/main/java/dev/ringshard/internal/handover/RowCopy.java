package dev.ringshard.internal.handover;

import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.ShardTransaction;
import dev.ringshard.ring.TokenRange;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;

/** Copies rows of one table between two databases, and compares what is stored on both sides. */
interface RowCopy {

    /**
     * What has become of some ranges of a table.
     *
     * @param rows how many there are now
     * @param tokens whose rows were written
     */
    record Changes(long rows, Set<Long> tokens) {}

    /** Copies all rows of the ranges, and returns what it has sent, as {@link #summaries} computes it. */
    RowDigest copy(ShardTransaction source, ShardTransaction target, TableColumns table, List<TokenRange> ranges)
            throws SQLException;

    /** What is stored of the ranges, table by table, computed alike on source and target. */
    List<RowDigest> summaries(ShardTransaction shard, List<TableColumns> tables, List<TokenRange> ranges)
            throws SQLException;

    /**
     * What {@link #changes} finds later changes by. Only to be used once the transaction has committed durably: a database
     * that crashes forgets the numbers of transactions that left no trace, and gives them to others.
     */
    long moment(ShardTransaction source) throws SQLException;

    /**
     * What others have written to the ranges on the source since a moment, whose state the target has stored, table by table.
     * There may be some tokens too many, never too few; but rows that were deleted may show in the number of rows alone.
     */
    List<Changes> changes(
            long moment,
            ShardTransaction source,
            ShardTransaction target,
            List<TableColumns> tables,
            List<TokenRange> ranges)
            throws SQLException;

    /** The fastest way between two databases. */
    static RowCopy between(Shard source, Shard target) {
        boolean postgres =
                source.dialect().runsStatementsTogether() && target.dialect().runsStatementsTogether();
        return postgres ? new PostgresCopy() : new BatchCopy();
    }
}
