package dev.ringshard.walk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Transactions of a shop that are due at a steady rate, however long others take, from the instances of an application, until it is
 * closed. A transaction's time counts from the moment at which it was due.
 */
final class ShopLoad implements AutoCloseable {
    private static final int WORKERS = 8;
    private static final int MOST_ATTEMPTS = 5;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String REPEAT = "40001";

    private final ShopTransactions transactions;
    private final long nanosBetween;
    private final AtomicReferenceArray<ShopInstance> instances = new AtomicReferenceArray<>(WORKERS);
    private final AtomicReferenceArray<ShopInstance> inUse = new AtomicReferenceArray<>(WORKERS);
    private final AtomicLong tickets = new AtomicLong();
    private final AtomicLong done = new AtomicLong();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private final List<StepTimes> steps = new ArrayList<>();
    private final long began = System.nanoTime();
    private volatile StepTimes step = new StepTimes("begin");
    private volatile boolean isOver;

    private ShopLoad(ShopTransactions transactions, int perSecond, ShopInstance instance) {
        this.transactions = transactions;
        this.nanosBetween = Duration.ofSeconds(1).toNanos() / perSecond;
        for (int i = 0; i < WORKERS; i++) {
            int worker = i;
            instances.set(worker, instance);
            threads.add(new Thread(() -> work(worker), "shop-" + worker));
        }
    }

    static ShopLoad begin(ShopTransactions transactions, int perSecond, ShopInstance instance) {
        ShopLoad load = new ShopLoad(transactions, perSecond, instance);
        load.threads.forEach(Thread::start);
        return load;
    }

    private void work(int worker) {
        try {
            while (!isOver) {
                long due = began + tickets.getAndIncrement() * nanosBetween;
                for (long left = due - System.nanoTime(); left > 0 && !isOver; left = due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                StepTimes current = step;
                long start = System.nanoTime();
                current.addRepeats(runUntilDone(worker));
                long end = System.nanoTime();
                current.add(end - due, end - start);
                done.incrementAndGet();
            }
        } catch (SQLException | RuntimeException | Error failure) {
            failures.add(new IllegalStateException("during " + step.name(), failure));
        }
    }

    /** As a framework does that repeats what the database has undone. */
    private int runUntilDone(int worker) throws SQLException {
        for (int attempt = 0; ; attempt++) {
            try {
                ShopInstance instance = instances.get(worker);
                inUse.set(worker, instance);
                transactions.run(instance);
                return attempt;
            } catch (SQLException failure) {
                if (!REPEAT.equals(failure.getSQLState()) || attempt == MOST_ATTEMPTS) {
                    throw failure;
                }
            }
        }
    }

    /** One worker after the other goes on with another instance, as when an application is deployed anew; nobody uses others then. */
    void deploy(ShopInstance instance) {
        for (int i = 0; i < WORKERS; i++) {
            int worker = i;
            instances.set(worker, instance);
            await().atMost(PATIENCE).until(() -> inUse.get(worker) == instance || !failures.isEmpty());
            awaitMore(10);
        }
    }

    /** Returns once so many more transactions were done, or a worker has failed. */
    void awaitMore(int more) {
        long until = done.get() + more;
        await().atMost(PATIENCE).until(() -> done.get() >= until || !failures.isEmpty());
    }

    /** What happens from now on belongs to another step of the walk; the one before is complete when nobody works in it. */
    void enter(String name) {
        assertNothingFailed();
        step.end();
        System.out.println(step.line());
        steps.add(step);
        step = new StepTimes(name);
    }

    void assertNothingFailed() {
        assertThat(failures).as("transactions that failed, and wrong answers").isEmpty();
    }

    /** All steps that are over. */
    List<StepTimes> steps() {
        return List.copyOf(steps);
    }

    /** What else failed beside it. */
    void fail(Throwable failure) {
        failures.add(failure);
    }

    @Override
    public void close() {
        isOver = true;
        boolean interrupted = false;
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
