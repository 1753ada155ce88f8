package dev.ringshard.rebalance;

import dev.ringshard.ring.TokenRange;
import dev.ringshard.shard.Shard;
import dev.ringshard.shard.ShardTransaction;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Copies rows of one table between two databases, in constant memory, and compares what is stored on both sides. */
interface RowCopy {

    /**
     * What has become of some ranges of a table.
     *
     * @param rows how many there are now
     * @param tokens whose rows were written
     */
    record Changes(long rows, Set<Long> tokens) {}

    /** Copies all rows of the ranges. */
    void copy(ShardTransaction source, ShardTransaction target, TableColumns table, List<TokenRange> ranges)
            throws SQLException;

    /** What is stored of the ranges, computed alike on source and target. Holds two numbers for each token. */
    Digest digest(ShardTransaction shard, TableColumns table, List<TokenRange> ranges) throws SQLException;

    /** The same in short, and in constant memory where the database can. */
    default Summary summary(ShardTransaction shard, TableColumns table, List<TokenRange> ranges) throws SQLException {
        return digest(shard, table, ranges).summary();
    }

    /** The source's present snapshot, for {@link #changesSince}. */
    long moment(ShardTransaction source) throws SQLException;

    /**
     * What others have written to the ranges since a moment; of tokens whose rows were written there may be some too many,
     * never too few. Rows that were deleted show in the number of rows alone.
     *
     * @return empty if the source's database does not know
     */
    Optional<Changes> changesSince(long moment, ShardTransaction source, TableColumns table, List<TokenRange> ranges)
            throws SQLException;

    /** The fastest way between two databases. */
    static RowCopy between(Shard source, Shard target) {
        boolean postgres =
                source.dialect().runsStatementsTogether() && target.dialect().runsStatementsTogether();
        return postgres ? new PostgresCopy() : new BatchCopy();
    }
}
