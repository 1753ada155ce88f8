package dev.ringshard.internal.outbox;

import dev.ringshard.outbox.Outbox;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers in the background what processes that died have left behind, every few seconds, and looks at what is on its way; one thread of each process that opens the
 * cluster.
 */
public final class OutboxSweeper implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(OutboxSweeper.class);
    private static final Duration PERIOD = Duration.ofSeconds(5);
    private static final Duration PERIOD_OF_RECEIPTS = Duration.ofHours(1);

    private final Outbox outbox;
    private final ScheduledThreadPoolExecutor executor;
    private final List<Future<?>> tasks = new ArrayList<>();

    private OutboxSweeper(Outbox outbox) {
        this.outbox = outbox;
        this.executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "ringshard-outbox");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Begins within some seconds, not all processes at once. */
    public static OutboxSweeper start(Outbox outbox) {
        OutboxSweeper sweeper = new OutboxSweeper(outbox);
        sweeper.repeat(PERIOD, outbox::deliverDue);
        sweeper.repeat(PERIOD, outbox::tellPending);
        sweeper.repeat(PERIOD_OF_RECEIPTS, outbox::forgetReceipts);
        return sweeper;
    }

    private void repeat(Duration period, Runnable task) {
        long millis = period.toMillis();
        long first = millis + ThreadLocalRandom.current().nextLong(millis);
        tasks.add(executor.scheduleWithFixedDelay(() -> attempt(task), first, millis, TimeUnit.MILLISECONDS));
    }

    /** Whatever fails is tried again the next time. */
    private void attempt(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException failure) {
            if (!executor.isShutdown()) {
                log.debug("{} could not be swept", outbox, failure);
            }
        }
    }

    /** Returns at once; what is being delivered comes to its end or not, as if the process had died. */
    @Override
    public void close() {
        tasks.forEach(task -> task.cancel(true));
        executor.shutdownNow();
    }
}
