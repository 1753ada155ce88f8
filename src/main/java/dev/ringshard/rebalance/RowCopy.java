package dev.ringshard.rebalance;

import dev.ringshard.ring.TokenRange;
import dev.ringshard.shard.Shard;
import dev.ringshard.shard.ShardTransaction;
import java.sql.SQLException;
import java.util.List;

/** Copies rows of one table between two databases, in constant memory. */
interface RowCopy {

    /** Copies all rows of the ranges. */
    void copy(ShardTransaction source, ShardTransaction target, TableColumns table, List<TokenRange> ranges)
            throws SQLException;

    /** What is stored of the ranges, computed alike on source and target. Holds one number for each token. */
    Digest digest(ShardTransaction shard, TableColumns table, List<TokenRange> ranges) throws SQLException;

    /** The fastest way between two databases. */
    static RowCopy between(Shard source, Shard target) {
        boolean postgres =
                source.dialect().runsStatementsTogether() && target.dialect().runsStatementsTogether();
        return postgres ? new PostgresCopy() : new BatchCopy();
    }
}
