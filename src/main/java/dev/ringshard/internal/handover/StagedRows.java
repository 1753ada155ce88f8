package dev.ringshard.internal.handover;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.CorruptionException;
import dev.ringshard.internal.handover.RowCopy.Changes;
import dev.ringshard.internal.shard.ShardTransaction;
import dev.ringshard.ring.TokenRange;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The copy of a chunk on its target, and how new it is.
 *
 * @param moment what the source had committed by then, the copy has held from the beginning
 * @param stored what the copy holds, table by table
 */
record StagedRows(Chunk chunk, ChunkRows rows, long moment, List<RowDigest> stored) {
    /** More tokens than this are not named one by one: the chunk is copied anew. */
    private static final int MOST_TOKENS_BY_NAME = 200;

    StagedRows {
        stored = List.copyOf(stored);
    }

    /**
     * Copies a chunk, in place of whatever the target holds of it.
     *
     * @throws CorruptionException if the copy does not read as what was copied
     */
    static StagedRows copy(
            Chunk chunk, long moment, List<ShardedTable> tables, ShardTransaction source, ShardTransaction target) {
        ChunkRows rows = ChunkRows.of(chunk, tables, source);
        return new StagedRows(chunk, rows, moment, replace(chunk, rows, source, target, chunk.ranges()));
    }

    /**
     * What has to be copied again.
     *
     * @param now what the source stores of these ranges, table by table
     * @param newer the copy as it will be then
     */
    record Change(List<TokenRange> ranges, List<RowDigest> now, StagedRows newer) {

        /**
         * Copies it, in place of what the target holds of it.
         *
         * @throws CorruptionException if the copy does not read as what was copied
         */
        void copy(ShardTransaction source, ShardTransaction target) {
            if (!replace(newer.chunk, newer.rows, source, target, ranges).equals(now)) {
                throw unlike(newer.chunk);
            }
        }
    }

    /** What the source stores differently now; empty if nothing. */
    Optional<Change> change(ShardTransaction source, ShardTransaction target) {
        List<Changes> changes = rows.changes(moment, source, target, chunk.ranges());
        Set<Long> tokens = new HashSet<>();
        changes.forEach(table -> tokens.addAll(table.tokens()));
        if (tokens.isEmpty() && fits(changes)) {
            return Optional.empty();
        }
        if (!tokens.isEmpty() && tokens.size() <= MOST_TOKENS_BY_NAME) {
            Change ofTokens = change(
                    tokens.stream()
                            .sorted()
                            .map(token -> new TokenRange(token, token))
                            .toList(),
                    source,
                    target);
            if (ofTokens.newer.fits(changes)) {
                return unlessCopied(ofTokens);
            }
        }
        return unlessCopied(change(chunk.ranges(), source, target));
    }

    /** What was written since the moment may have been copied again since. */
    private Optional<Change> unlessCopied(Change change) {
        return change.newer.stored.equals(stored) ? Optional.empty() : Optional.of(change);
    }

    /** Whether nothing is missing but what is known: rows that were deleted show in the numbers alone. */
    private boolean fits(List<Changes> changes) {
        for (int i = 0; i < changes.size(); i++) {
            if (changes.get(i).rows() != stored.get(i).rows()) {
                return false;
            }
        }
        return true;
    }

    private Change change(List<TokenRange> ranges, ShardTransaction source, ShardTransaction target) {
        List<RowDigest> old = rows.summaries(target, ranges);
        List<RowDigest> now = rows.summaries(source, ranges);
        List<RowDigest> merged = new ArrayList<>();
        for (int i = 0; i < stored.size(); i++) {
            merged.add(stored.get(i).minus(old.get(i)).plus(now.get(i)));
        }
        return new Change(ranges, now, new StagedRows(chunk, rows, moment, merged));
    }

    /** Returns what the target holds of it then. */
    private static List<RowDigest> replace(
            Chunk chunk, ChunkRows rows, ShardTransaction source, ShardTransaction target, List<TokenRange> ranges) {
        rows.delete(target, ranges);
        List<RowDigest> sent = rows.copy(source, target, ranges);
        if (!rows.summaries(target, ranges).equals(sent)) {
            throw unlike(chunk);
        }
        return sent;
    }

    private static CorruptionException unlike(Chunk chunk) {
        return new CorruptionException("""
                Rows read differently on %s after they were copied from %s. Nothing was handed over; %s still serves \
                them. Stop, and compare the definitions of the sharded tables on both.""".formatted(
                chunk.target().name(), chunk.source().name(), chunk.source().name()));
    }
}
