package dev.ringshard.rebalance;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.rebalance.RowCopy.Changes;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.shard.ShardTransaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

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

    /** With the columns that the source's tables have now, and keep until its transaction ends. */
    static ChunkRows of(Chunk chunk, List<ShardedTable> tables, ShardTransaction source) {
        return source.run(reading -> {
            List<TableColumns> columns = new ArrayList<>();
            for (ShardedTable table : tables) {
                columns.add(TableColumns.of(reading.connection(), table));
            }
            return new ChunkRows(RowCopy.between(chunk.source(), chunk.target()), columns);
        });
    }

    /** Copies all rows of some ranges. */
    void copy(ShardTransaction source, ShardTransaction target, List<TokenRange> ranges) {
        target.run(writing -> {
            for (TableColumns table : tables) {
                copying.copy(source, writing, table, ranges);
            }
            return true;
        });
    }

    /** What one of the two shards stores of some ranges, table by table; computed alike on both. */
    List<Summary> summaries(ShardTransaction shard, List<TokenRange> ranges) {
        return ofEach(shard, table -> copying.summary(shard, table, ranges));
    }

    /** The source's present snapshot, for {@link #changes}. */
    long moment(ShardTransaction source) {
        return source.run(reading -> copying.moment(reading));
    }

    /** What has been written on the source since a moment, whose state the target stores; table by table. */
    List<Changes> changes(long moment, ShardTransaction source, ShardTransaction target, List<TokenRange> ranges) {
        return target.run(reading -> ofEach(source, table -> copying.changes(moment, source, reading, table, ranges)));
    }

    private interface Question<T> {
        T of(TableColumns table) throws SQLException;
    }

    private <T> List<T> ofEach(ShardTransaction shard, Question<T> question) {
        return shard.run(reading -> {
            List<T> answers = new ArrayList<>();
            for (TableColumns table : tables) {
                answers.add(question.of(table));
            }
            return answers;
        });
    }

    /** Deletes all rows of some ranges, those that refer to others first. */
    void delete(ShardTransaction shard, List<TokenRange> ranges) {
        shard.run(deleting -> {
            for (int i = tables.size() - 1; i >= 0; i--) {
                deleting.dsl()
                        .execute("DELETE FROM " + tables.get(i).table() + " WHERE " + TableColumns.within(ranges));
            }
            return true;
        });
    }
}
