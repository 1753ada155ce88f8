package dev.ringshard.cli.bank.csv;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Threads that load lines, those of one customer in the order in which they were given: each thread has a short queue, and as long as
 * lines of a key are in one, all others of that key go there, too. A line of two keys that are in two queues waits until one of them
 * is done. Lines are given by one thread.
 */
final class LoadWorkers implements AutoCloseable {
    private static final int QUEUED = 1024;
    private static final int MOST_TOGETHER = 256;
    private static final int PATIENCE_MILLIS = 50;

    private final List<BlockingQueue<Task>> queues = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final Processor processor;
    private final Runnable whileWaiting;
    private final UnfinishedKeys unfinished = new UnfinishedKeys();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private volatile boolean isEnding;

    /** A line to load, and its place in the file. */
    record Task(LoadInput.Item item, LoadLine line) {}

    /** Loads lines. */
    @FunctionalInterface
    interface Processor {
        /**
         * Loads them in this order. Called by several threads.
         *
         * @param tasks at least one; only to be used during the call
         */
        void run(List<Task> tasks);
    }

    /**
     * @param whileWaiting called now and then while the caller waits for the threads
     */
    LoadWorkers(int count, Processor processor, Runnable whileWaiting) {
        this.processor = processor;
        this.whileWaiting = whileWaiting;
        for (int i = 0; i < count; i++) {
            BlockingQueue<Task> queue = new ArrayBlockingQueue<>(QUEUED);
            Thread thread = new Thread(() -> follow(queue), "ringshard-load-" + i);
            thread.setDaemon(true);
            queues.add(queue);
            threads.add(thread);
            thread.start();
        }
    }

    /** Puts a line into its queue, once there is room; false if a thread has failed, or this thread is interrupted. */
    boolean give(Task task) {
        try {
            while (failure.get() == null) {
                Optional<Integer> queue =
                        unfinished.begin(task.line().keys(), queues.size(), Duration.ofMillis(PATIENCE_MILLIS));
                if (queue.isPresent()) {
                    return give(task, queues.get(queue.get()));
                }
                whileWaiting.run();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    private boolean give(Task task, BlockingQueue<Task> queue) throws InterruptedException {
        while (failure.get() == null) {
            if (queue.offer(task, PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
                return true;
            }
            whileWaiting.run();
        }
        return false;
    }

    /** Waits until all that was given is done, or something has failed and nothing is under way any more. */
    Optional<Throwable> finish() {
        isEnding = true;
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join(PATIENCE_MILLIS);
                } catch (InterruptedException later) {
                    interrupted = true; // work that is under way must not outlive this call
                }
                whileWaiting.run();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return Optional.ofNullable(failure.get());
    }

    /** Forgets what is queued. */
    void drop() {
        queues.forEach(BlockingQueue::clear);
    }

    /** Forgets what is queued and waits for what is under way; does nothing after {@link #finish()}. */
    @Override
    public void close() {
        drop();
        finish();
    }

    /** Never interrupted, as that would close the files of an embedded database: it looks up now and then instead. */
    private void follow(BlockingQueue<Task> queue) {
        List<Task> tasks = new ArrayList<>(MOST_TOGETHER);
        try {
            while (failure.get() == null) {
                boolean ending = isEnding; // read before the queue: what was given before it was set is not missed
                Task task = queue.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
                if (task != null) {
                    tasks.add(task);
                    queue.drainTo(tasks, MOST_TOGETHER - 1);
                    processor.run(tasks);
                    tasks.forEach(done -> unfinished.end(done.line().keys()));
                    tasks.clear();
                } else if (ending) {
                    return;
                }
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error failed) {
            failure.compareAndSet(null, failed);
        }
    }
}
