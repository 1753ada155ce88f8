package dev.ringshard.internal.handover;

import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.ShardTransaction;
import java.sql.SQLException;

/** Copies rows of one table between two databases, and says what is stored on both sides. */
interface RowCopy {

    /** Copies some rows, and returns what it has sent, as {@link #summary} computes it. */
    RowDigest copy(ShardTransaction source, ShardTransaction target, TableColumns table, RowSelection rows)
            throws SQLException;

    /** What a shard stores of some rows, computed alike on source and target. */
    RowDigest summary(ShardTransaction shard, TableColumns table, RowSelection rows) throws SQLException;

    /** The fastest way between two databases. */
    static RowCopy between(Shard source, Shard target) {
        boolean postgres =
                source.dialect().runsStatementsTogether() && target.dialect().runsStatementsTogether();
        return postgres ? new PostgresCopy() : new BatchCopy();
    }
}
