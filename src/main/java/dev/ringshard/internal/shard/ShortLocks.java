package dev.ringshard.internal.shard;

import dev.ringshard.failure.ContentionException;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Locks for which others would have to wait. A session that comes to a table waits while another waits to lock it, and so waits for
 * whatever that one waits for. Such a wait is short, therefore, and repeated after longer pauses, until those who hold the table let go of it
 * for a moment.
 */
public final class ShortLocks {
    /** Longer than most reports and batches take. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    private ShortLocks() {}

    /**
     * Attempts until one succeeds.
     *
     * @param table that is to be locked
     * @param readersToo whether readers of the table are in the way
     * @param waiting told before each repetition for whom it waits
     * @throws ContentionException if another session held the table for minutes; it is as it was
     */
    public static <T> T take(
            Shard shard, String table, boolean readersToo, Consumer<String> waiting, Supplier<T> attempt) {
        return Retry.within(PATIENCE)
                .pausing(FIRST_PAUSE, LONGEST_PAUSE)
                .run(
                        attempt,
                        busy -> waiting.accept("waits for "
                                + shard.read(connection ->
                                                shard.dialect().fencing().holder(connection, table, readersToo))
                                        .orElse("its turn")));
    }
}
