package dev.ringshard.internal.outbox;

import dev.ringshard.outbox.Outbox;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers in the background what processes that died have left behind, every few seconds, and looks at what is on its way; in each
 * process that opens the cluster. Each topic has a thread: a handler that hangs holds up its own topic alone.
 */
public final class OutboxSweeper implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(OutboxSweeper.class);
    private static final Duration PERIOD = Duration.ofSeconds(5);
    private static final Duration PERIOD_OF_RECEIPTS = Duration.ofHours(1);

    private final Outbox outbox;
    private final ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(1, OutboxSweeper::thread);
    private final ExecutorService workers = Executors.newCachedThreadPool(OutboxSweeper::thread);
    private final List<Future<?>> ticking = new ArrayList<>();
    private final Set<String> underWay = ConcurrentHashMap.newKeySet();

    private OutboxSweeper(Outbox outbox) {
        this.outbox = outbox;
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "ringshard-outbox");
        thread.setDaemon(true);
        return thread;
    }

    /** Begins within some seconds, not all processes at once. */
    public static OutboxSweeper start(Outbox outbox) {
        return start(outbox, PERIOD);
    }

    /** As {@link #start(Outbox)}, more often or less often. */
    static OutboxSweeper start(Outbox outbox, Duration period) {
        OutboxSweeper sweeper = new OutboxSweeper(outbox);
        sweeper.repeat(period, sweeper::beginDeliveries);
        sweeper.repeat(period, () -> sweeper.begin("what is pending", outbox::tellPending));
        sweeper.repeat(PERIOD_OF_RECEIPTS, () -> sweeper.begin("receipts", outbox::forgetReceipts));
        return sweeper;
    }

    private void repeat(Duration period, Runnable task) {
        long millis = period.toMillis();
        long first = millis + ThreadLocalRandom.current().nextLong(millis);
        ticking.add(clock.scheduleWithFixedDelay(task, first, millis, TimeUnit.MILLISECONDS));
    }

    private void beginDeliveries() {
        outbox.topics().forEach(topic -> begin("topic " + topic, () -> outbox.deliverDue(topic)));
    }

    /** Unless it is still at it. */
    private void begin(String what, Runnable task) {
        if (underWay.add(what)) {
            workers.execute(() -> attempt(what, task));
        }
    }

    /** Whatever fails is tried again the next time. */
    private void attempt(String what, Runnable task) {
        try {
            task.run();
        } catch (RuntimeException failure) {
            if (!workers.isShutdown()) {
                log.debug("The outbox could not be swept for {}", what, failure);
            }
        } finally {
            underWay.remove(what);
        }
    }

    /** Returns at once; what is being delivered comes to its end or not, as if the process had died. */
    @Override
    public void close() {
        ticking.forEach(task -> task.cancel(true));
        clock.shutdownNow();
        workers.shutdownNow();
    }
}
