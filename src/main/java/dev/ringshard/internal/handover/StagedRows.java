package dev.ringshard.internal.handover;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.CorruptionException;
import dev.ringshard.internal.handover.ChunkRows.MovedTable;
import dev.ringshard.internal.handover.ChunkRows.Portion;
import dev.ringshard.internal.handover.RowCopy.Replaced;
import dev.ringshard.internal.ownership.ChangeTable.Change;
import dev.ringshard.internal.shard.ShardTransaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The copy of a chunk on its target.
 *
 * @param stored what the copy holds, table by table
 */
record StagedRows(Chunk chunk, ChunkRows rows, List<RowDigest> stored) {
    /** So many rows fit into the texts of a round trip. */
    private static final int FEW = 100;

    StagedRows {
        stored = List.copyOf(stored);
    }

    /**
     * Copies a chunk, in place of whatever the target holds of it.
     *
     * @throws CorruptionException if the copy does not read as what was copied, or has other generated columns
     */
    static StagedRows copy(Chunk chunk, List<ShardedTable> tables, ShardTransaction source, ShardTransaction target) {
        ChunkRows rows = ChunkRows.of(chunk, tables, source, target);
        Portion all = new Portion(rows.tables(), new RowSelection.OfRanges(chunk.ranges()));
        List<RowDigest> stored = replace(chunk, rows, source, target, all);
        rows.requireComputedAlike(source, target, all);
        return new StagedRows(chunk, rows, stored);
    }

    /**
     * Copies again what was written, as the source's transaction sees it, and returns the copy as it is then.
     *
     * @param byKey whether the target checks no references in this transaction
     * @throws CorruptionException if it does not read as what was copied
     */
    StagedRows copyAgain(List<Change> written, boolean byKey, ShardTransaction source, ShardTransaction target) {
        List<Portion> portions = rows.portions(chunk, written, byKey);
        Optional<List<Replaced>> few =
                byKey && written.size() <= FEW ? rows.replaceFew(source, target, portions) : Optional.empty();
        List<RowDigest> newest = new ArrayList<>(stored);
        for (int i = 0; i < portions.size(); i++) {
            Portion portion = portions.get(i);
            List<RowDigest> before =
                    few.isPresent() ? List.of(few.get().get(i).before()) : rows.summaries(target, portion);
            boolean isReplaced = few.isPresent() && few.get().get(i).isExact();
            List<RowDigest> now =
                    isReplaced ? List.of(few.get().get(i).stored()) : replace(chunk, rows, source, target, portion);
            correct(newest, portion, before, now);
        }
        return new StagedRows(chunk, rows, newest);
    }

    private void correct(List<RowDigest> newest, Portion portion, List<RowDigest> before, List<RowDigest> now) {
        for (int i = 0; i < now.size(); i++) {
            int table = indexOf(portion.tables().get(i));
            newest.set(table, newest.get(table).minus(before.get(i)).plus(now.get(i)));
        }
    }

    private int indexOf(MovedTable table) {
        return rows.tables().indexOf(table);
    }

    /** Returns what the target holds of it then. */
    private static List<RowDigest> replace(
            Chunk chunk, ChunkRows rows, ShardTransaction source, ShardTransaction target, Portion portion) {
        rows.delete(target, portion);
        List<RowDigest> sent = rows.copy(source, target, portion);
        if (!rows.summaries(target, portion).equals(sent)) {
            throw new CorruptionException("""
                    Rows read differently on %s after they were copied from %s. Nothing was handed over; %s still serves \
                    them. Stop, and compare the definitions of the sharded tables on both.""".formatted(
                    chunk.target().name(), chunk.source().name(), chunk.source().name()));
        }
        return sent;
    }
}
