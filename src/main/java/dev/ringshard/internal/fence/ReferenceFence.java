package dev.ringshard.internal.fence;

import dev.ringshard.failure.ContentionException;
import dev.ringshard.internal.ownership.ReferenceState;
import dev.ringshard.internal.ownership.ReferenceTableTable;
import dev.ringshard.internal.ownership.SchemaHistory;
import dev.ringshard.internal.shard.FailureKind;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.ShardTransaction;
import dev.ringshard.internal.shard.ShortLocks;
import java.util.List;
import java.util.function.Consumer;
import org.jooq.DSLContext;

/** The trigger that refuses what is written to a reference table past Ringshard. */
public final class ReferenceFence {
    private ReferenceFence() {}

    /**
     * Puts a table under the fence, unless it is under it. Repeating it changes nothing.
     *
     * @param schema and {@code name}, the table's, in the case of letters in which its database keeps names
     * @param progress told for whom it waits
     * @return whether anything was changed
     * @throws ContentionException if another session held the table for minutes; it is as it was
     */
    public static boolean put(Shard shard, String table, String schema, String name, Consumer<String> progress) {
        return ShortLocks.take(
                shard,
                table,
                false,
                waiting -> progress.accept("fence of %s: %s".formatted(table, waiting)),
                () -> put(shard, table, schema, name));
    }

    private static boolean put(Shard shard, String table, String schema, String name) {
        try {
            return shard.transaction(fencing -> {
                DSLContext dsl = fencing.dsl();
                boolean isRecorded = ReferenceTableTable.find(dsl, schema, name).isPresent();
                boolean wasAtWork = isRecorded && shard.dialect().fencing().isReferenceFenced(dsl, table);
                if (!isRecorded) {
                    ReferenceTableTable.insert(dsl, schema, name, ReferenceState.NONE);
                }
                shard.dialect().fencing().fenceReference(dsl, table);
                return !wasAtWork;
            });
        } catch (RuntimeException failure) {
            if (FailureKind.of(failure) != FailureKind.DUPLICATE) {
                throw failure;
            }
            return put(shard, table, schema, name); // another init did the same at this moment
        }
    }

    /**
     * Takes a table from under the fence, and forgets which version of it the shard holds; its rows stay.
     *
     * @param schema and {@code name}, the table's, in the case of letters in which its database keeps names
     * @param progress told for whom it waits
     * @throws ContentionException if another session held the table for minutes; it is as it was
     */
    public static void takeOff(Shard shard, String schema, String name, Consumer<String> progress) {
        String table = schema + "." + name;
        ShortLocks.take(
                shard,
                table,
                false,
                waiting -> progress.accept("fence of %s: %s".formatted(table, waiting)),
                () -> shard.transaction(releasing -> {
                    shard.dialect().fencing().releaseReference(releasing.dsl(), table);
                    ReferenceTableTable.delete(releasing.dsl(), schema, name);
                    return true;
                }));
    }

    /** Those of these tables that are not under the fence, by triggers that are at work; changes nothing. */
    public static List<String> unfenced(ShardTransaction reading, List<String> tables) {
        return tables.stream()
                .filter(table -> !SchemaHistory.isMigrated(reading.dsl())
                        || !reading.shard().dialect().fencing().isReferenceFenced(reading.dsl(), table))
                .toList();
    }
}
