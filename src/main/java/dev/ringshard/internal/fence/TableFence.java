package dev.ringshard.internal.fence;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.ContentionException;
import dev.ringshard.internal.ownership.ShardedTableTable;
import dev.ringshard.internal.ownership.ShardedTableTable.FencedTable;
import dev.ringshard.internal.shard.Dialect;
import dev.ringshard.internal.shard.FailureKind;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.ShardTransaction;
import dev.ringshard.internal.shard.ShortLocks;
import java.util.List;
import java.util.function.Consumer;
import org.jooq.DSLContext;

/** The triggers that put the fence on a sharded table. */
public final class TableFence {
    private TableFence() {}

    /**
     * Puts the fence on a table that has its {@linkplain TokenIndex index}, unless it is there and at work. Repeating it changes
     * nothing.
     *
     * @param schema and {@code name}, the table's, in the case of letters in which its database keeps names
     * @param progress told for whom it waits
     * @return whether anything was changed
     * @throws ContentionException if another session held the table for minutes; it is as it was
     */
    public static boolean put(Shard shard, ShardedTable table, String schema, String name, Consumer<String> progress) {
        Dialect dialect = shard.dialect();
        FencedTable fenced = new FencedTable(
                schema,
                name,
                table.key().map(dialect::folded),
                dialect.folded(dialect.fencing().fencedColumn(table)));
        return ShortLocks.take(
                shard,
                table.name(),
                false,
                waiting -> progress.accept("fence of %s: %s".formatted(table.name(), waiting)),
                () -> fence(shard, table, fenced));
    }

    private static boolean fence(Shard shard, ShardedTable table, FencedTable fenced) {
        try {
            return shard.transaction(fencing -> {
                DSLContext dsl = fencing.dsl();
                boolean isRecorded = ShardedTableTable.all(dsl).contains(fenced);
                boolean wasAtWork = isRecorded && isAtWork(fencing, table);
                if (!isRecorded) {
                    ShardedTableTable.put(dsl, fenced);
                }
                shard.dialect().fencing().fence(dsl, table, isRecorded);
                return !wasAtWork;
            });
        } catch (RuntimeException failure) {
            return finishBeside(shard, table, fenced, failure);
        }
    }

    /** Where another init does the same at this moment, which H2 has no lock against, one of the two fails: it is done all the same. */
    private static boolean finishBeside(Shard shard, ShardedTable table, FencedTable fenced, RuntimeException failure) {
        boolean isDone = shard.snapshot(
                reading -> ShardedTableTable.all(reading.dsl()).contains(fenced) && isAtWork(reading, table));
        if (isDone) {
            return false;
        }
        if (FailureKind.of(failure) != FailureKind.DUPLICATE) {
            throw failure;
        }
        return fence(shard, table, fenced);
    }

    /** Whether a table is fenced, by triggers that are at work; changes nothing. */
    public static boolean isAtWork(ShardTransaction reading, ShardedTable table) {
        return unfenced(reading, List.of(table)).isEmpty();
    }

    /** Those of these tables that are not fenced so; changes nothing. */
    public static List<ShardedTable> unfenced(ShardTransaction reading, List<ShardedTable> tables) {
        return reading.shard().dialect().fencing().unfenced(reading.dsl(), tables);
    }
}
