package dev.ringshard.rebalance;

import dev.ringshard.event.WatchDecision;
import dev.ringshard.event.WatchDecision.Kind;
import dev.ringshard.internal.ownership.RebalanceWatchTable;
import dev.ringshard.internal.ownership.SchemaHistory;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.status.WatchStatus;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a few shards what a watch has decided, again and again, for processes that look at the cluster. Beside the watch, which
 * waits for it at its end alone, and then for a moment: a shard that is down misses it, and one that has frozen costs one thread.
 * Thread-safe.
 */
final class WatchHeartbeat {
    private static final Logger log = LoggerFactory.getLogger(WatchHeartbeat.class);

    /** That one of them answers is enough; of a thousand, the others are left in peace. */
    private static final int MOST_SHARDS = 5;

    private static final Duration BETWEEN = WatchStatus.SILENCE.dividedBy(4);
    private static final Duration PATIENCE_AT_THE_END = Duration.ofSeconds(3);

    private final Shards shards;
    private final String id = UUID.randomUUID().toString();
    private final String instance = instance();
    private final ScheduledExecutorService again = Executors.newSingleThreadScheduledExecutor(WatchHeartbeat::daemon);
    private final Map<String, ExecutorService> lanes = new HashMap<>();
    private final long started = System.nanoTime();
    private @Nullable WatchDecision last;
    private long decided;
    private long looked;
    private boolean hasEnded;

    WatchHeartbeat(Shards shards) {
        this.shards = shards;
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "ringshard-rebalance-watch-notes");
        thread.setDaemon(true);
        return thread;
    }

    /** One note at a time; of those that wait meanwhile, the newest. */
    private static ExecutorService lane() {
        return new ThreadPoolExecutor(
                0,
                1,
                1,
                TimeUnit.MINUTES,
                new ArrayBlockingQueue<>(1),
                WatchHeartbeat::daemon,
                new ThreadPoolExecutor.DiscardOldestPolicy());
    }

    private static String instance() {
        long process = ProcessHandle.current().pid();
        try {
            return "%s (process %d)".formatted(InetAddress.getLocalHost().getHostName(), process);
        } catch (UnknownHostException nameless) {
            return "process " + process;
        }
    }

    /** Tells what was decided just now, and again from then on. */
    synchronized void tell(WatchDecision decision) {
        if (hasEnded) {
            return;
        }
        if (last == null) {
            var unused = again.scheduleWithFixedDelay(
                    this::sendStatus, BETWEEN.toMillis(), BETWEEN.toMillis(), TimeUnit.MILLISECONDS);
        }
        looked = System.nanoTime();
        if (last == null || last.kind() != decision.kind()) {
            decided = looked;
        }
        last = decision;
        sendStatus();
    }

    private synchronized void sendStatus() {
        if (!hasEnded) {
            send(dsl -> RebalanceWatchTable.tell(dsl, status()));
        }
    }

    /** As it is when a shard is told, which may have kept the note waiting. */
    private synchronized WatchStatus status() {
        return new WatchStatus(
                id,
                instance,
                Objects.requireNonNull(last),
                new WatchStatus.Ages(since(started), since(decided), since(looked), Duration.ZERO));
    }

    private static Duration since(long nanoTime) {
        return Duration.ofNanos(System.nanoTime() - nanoTime);
    }

    private void send(Consumer<DSLContext> note) {
        shards.all().stream().limit(MOST_SHARDS).forEach(shard -> lanes.computeIfAbsent(shard.name(), name -> lane())
                .execute(() -> write(shard, note)));
    }

    private void write(Shard shard, Consumer<DSLContext> note) {
        try {
            shard.transaction(writing -> {
                if (SchemaHistory.isMigrated(writing.dsl())) {
                    note.accept(writing.dsl());
                }
                return true;
            });
        } catch (RuntimeException untold) { // whatever it is: another shard was told, or the next note will be
            log.debug("Shard {} was not told how the watch is", shard.name(), untold);
        }
    }

    /** Tells no more. That a watch has stopped for a person stays on record; of one that ends on request, nothing does. */
    void end() {
        List<ExecutorService> open = closed();
        long deadline = System.nanoTime() + PATIENCE_AT_THE_END.toNanos();
        for (ExecutorService lane : open) {
            try {
                lane.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private synchronized List<ExecutorService> closed() {
        again.shutdownNow();
        if (!hasEnded && last != null && last.kind() != Kind.STOPPED) {
            send(dsl -> RebalanceWatchTable.forget(dsl, id));
        }
        hasEnded = true;
        lanes.values().forEach(ExecutorService::shutdown);
        return List.copyOf(lanes.values());
    }
}
