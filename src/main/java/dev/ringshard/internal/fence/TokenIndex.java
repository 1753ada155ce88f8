package dev.ringshard.internal.fence;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.internal.ownership.MembershipTable;
import dev.ringshard.internal.shard.Shard;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The index on the tokens of a sharded table, which is built while applications work and may take hours. */
public final class TokenIndex {
    private static final long TICK_MILLIS = 500;

    private TokenIndex() {}

    /**
     * Gives a table an index on the tokens of its rows, unless these are stored, or it has one. Repeating it after it was killed
     * anywhere finishes it.
     *
     * @param progress told now and then, by another thread, how far it is
     * @return whether it had none and needs one
     */
    public static boolean put(Shard shard, ShardedTable table, Consumer<String> progress) {
        if (table.token().isPresent()) {
            return false;
        }
        return watched(
                shard,
                "index of " + table.name(),
                progress,
                () -> shard.autocommit(connection -> shard.dialect().fencing().indexTokens(connection, table)));
    }

    /**
     * Returns once no session of the shard works any more with a snapshot in which it might not own yet what it owns now, and would
     * be refused for that by a fence that is put on then.
     *
     * @param progress as of {@link #put}
     */
    public static void outwaitSnapshots(Shard shard, Consumer<String> progress) {
        watched(
                shard,
                "older transactions",
                progress,
                () -> shard.autocommit(connection -> {
                    shard.dialect().fencing().outwaitSnapshots(connection, MembershipTable.KEY);
                    return true;
                }));
    }

    private static boolean watched(Shard shard, String what, Consumer<String> progress, Supplier<Boolean> work) {
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(TokenIndex::daemon);
        Future<?> ticks = clock.scheduleWithFixedDelay(
                () -> tell(shard, what, progress), TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        try {
            return work.get();
        } finally {
            ticks.cancel(true);
            clock.shutdownNow();
        }
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "ringshard-index-progress");
        thread.setDaemon(true);
        return thread;
    }

    /** Past the circuit breaker: where no second connection is to be had, nothing is told, and the work goes on. */
    private static void tell(Shard shard, String what, Consumer<String> progress) {
        progress.accept(what + howFar(shard).map(": "::concat).orElse(""));
    }

    private static Optional<String> howFar(Shard shard) {
        try (Connection connection = shard.dataSource().getConnection()) {
            return shard.dialect().fencing().indexing(connection);
        } catch (SQLException unknown) {
            return Optional.empty();
        }
    }
}
