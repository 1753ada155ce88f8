package dev.ringshard.internal.handover;

import dev.ringshard.internal.handover.ChunkRows.Portion;
import dev.ringshard.internal.shard.PostgresRows;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.ShardTransaction;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Copies rows of one table between two databases, and says what is stored on both sides. */
interface RowCopy {

    /** Copies some rows, and returns what it has sent, as {@link #summary} computes it. */
    RowDigest copy(ShardTransaction source, ShardTransaction target, TableColumns table, RowSelection rows)
            throws SQLException;

    /** What a shard stores of some rows, computed alike on source and target. */
    RowDigest summary(ShardTransaction shard, TableColumns table, RowSelection rows) throws SQLException;

    /** Whether rows of a table that has such columns on the target can be copied there. */
    boolean canCopy(TableColumns source, TableColumns target);

    /**
     * Rows of a table that were replaced on the target by what the source stores.
     *
     * @param before what the target stored
     * @param sent what the source stores
     * @param stored what the target stores now
     */
    record Replaced(RowDigest before, RowDigest sent, RowDigest stored) {
        /** Whether the way that the rows were sent has not changed them. */
        boolean isExact() {
            return stored.equals(sent);
        }
    }

    /**
     * Replaces few rows on the target by what the source stores of them, in as few round trips as there can be, because writers may
     * wait; the counters follow.
     *
     * @param portions of one table each
     * @return for each portion; empty if that cannot be done in this way, and nothing was
     */
    default Optional<List<Replaced>> replaceFew(
            ShardTransaction source, ShardTransaction target, List<Portion> portions) throws SQLException {
        return Optional.empty();
    }

    /** The fastest way between two databases. */
    static RowCopy between(Shard source, Shard target) {
        Optional<PostgresRows> streamed = source.dialect().streamedRows();
        return streamed.isPresent() && streamed.equals(target.dialect().streamedRows())
                ? new PostgresCopy(streamed.get())
                : new BatchCopy();
    }
}
