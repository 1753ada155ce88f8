package dev.ringshard.internal.handover;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.CorruptionException;
import dev.ringshard.internal.handover.ChunkRows.MovedTable;
import dev.ringshard.internal.handover.ChunkRows.Portion;
import dev.ringshard.internal.ownership.ChangeTable.Change;
import dev.ringshard.internal.shard.ShardTransaction;
import java.util.ArrayList;
import java.util.List;

/**
 * The copy of a chunk on its target.
 *
 * @param stored what the copy holds, table by table
 */
record StagedRows(Chunk chunk, ChunkRows rows, List<RowDigest> stored) {

    StagedRows {
        stored = List.copyOf(stored);
    }

    /**
     * Copies a chunk, in place of whatever the target holds of it.
     *
     * @throws CorruptionException if the copy does not read as what was copied
     */
    static StagedRows copy(Chunk chunk, List<ShardedTable> tables, ShardTransaction source, ShardTransaction target) {
        ChunkRows rows = ChunkRows.of(chunk, tables, source);
        Portion all = new Portion(rows.tables(), new RowSelection.OfRanges(chunk.ranges()));
        return new StagedRows(chunk, rows, replace(chunk, rows, source, target, all));
    }

    /**
     * Copies again what was written, as the source's transaction sees it, and returns the copy as it is then.
     *
     * @throws CorruptionException if it does not read as what was copied
     */
    StagedRows copyAgain(List<Change> written, ShardTransaction source, ShardTransaction target) {
        boolean byKey = target.run(looking -> looking.shard().dialect().checksNoReferences(looking.connection()));
        List<RowDigest> newest = new ArrayList<>(stored);
        for (Portion portion : rows.portions(chunk, written, byKey)) {
            List<RowDigest> before = rows.summaries(target, portion);
            List<RowDigest> now = replace(chunk, rows, source, target, portion);
            for (int i = 0; i < now.size(); i++) {
                int table = indexOf(portion.tables().get(i));
                newest.set(table, newest.get(table).minus(before.get(i)).plus(now.get(i)));
            }
        }
        return new StagedRows(chunk, rows, newest);
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
