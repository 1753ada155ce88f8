package dev.ringshard.internal.handover;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.internal.handover.RowCopy.Changes;
import dev.ringshard.internal.shard.ShardTransaction;
import dev.ringshard.ring.TokenRange;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The rows of a chunk in all sharded tables, on its source and on its target.
 *
 * @param copying the way between these two databases
 * @param tables those that others refer to first, with the columns that they had when the copy began
 */
record ChunkRows(RowCopy copying, List<TableColumns> tables) {

    ChunkRows {
        tables = List.copyOf(tables);
    }

    /** With the columns that the source's tables have now; on PostgreSQL they keep them until its transaction ends. */
    static ChunkRows of(Chunk chunk, List<ShardedTable> tables, ShardTransaction source) {
        return source.run(reading -> {
            List<TableColumns> columns = new ArrayList<>();
            for (ShardedTable table : tables) {
                columns.add(TableColumns.of(reading, table));
            }
            return new ChunkRows(RowCopy.between(chunk.source(), chunk.target()), columns);
        });
    }

    /**
     * The table that has other columns there than when it was looked at; empty if none has. Asks no more, because writers may
     * wait.
     */
    Optional<String> changed(ShardTransaction shard) {
        return shard.run(reading -> {
            for (TableColumns table : tables) {
                if (!table.isAlike(reading)) {
                    return Optional.of(table.table());
                }
            }
            return Optional.empty();
        });
    }

    /** Copies all rows of some ranges, and returns what was sent, as {@link #summaries} computes it. */
    List<RowDigest> copy(ShardTransaction source, ShardTransaction target, List<TokenRange> ranges) {
        return target.run(writing -> {
            List<RowDigest> sent = new ArrayList<>();
            for (TableColumns table : tables) {
                sent.add(copied(source, writing, table, ranges));
                writing.shard().dialect().passCounters(writing.connection(), table.table(), table.within(ranges));
            }
            return sent;
        });
    }

    /** Whatever fails, the message names the table. */
    private RowDigest copied(
            ShardTransaction source, ShardTransaction target, TableColumns table, List<TokenRange> ranges)
            throws SQLException {
        try {
            return copying.copy(source, target, table, ranges);
        } catch (SQLException failure) {
            throw new SQLException(
                    "table %s: %s".formatted(table.table(), failure.getMessage()), failure.getSQLState(), failure);
        }
    }

    /** What one of the two shards stores of some ranges, table by table; computed alike on both. */
    List<RowDigest> summaries(ShardTransaction shard, List<TokenRange> ranges) {
        return shard.run(reading -> copying.summaries(reading, tables, ranges));
    }

    /** What has been written on the source since a moment, whose state the target stores; table by table. */
    List<Changes> changes(long moment, ShardTransaction source, ShardTransaction target, List<TokenRange> ranges) {
        return target.run(
                comparing -> source.run(reading -> copying.changes(moment, reading, comparing, tables, ranges)));
    }

    /** Deletes all rows of some ranges, those that refer to others first. */
    void delete(ShardTransaction shard, List<TokenRange> ranges) {
        shard.run(deleting -> {
            List<String> deletions = new ArrayList<>();
            for (TableColumns table : tables) {
                deletions.add(
                        0,
                        "DELETE FROM " + table.table() + " WHERE "
                                + TableColumns.within(shard.shard().dialect().token(table.sharded()), ranges));
            }
            deleting.dsl().batch(deletions.toArray(String[]::new)).execute();
            return true;
        });
    }
}
