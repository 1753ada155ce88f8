package dev.ringshard.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Work in several threads at once. */
public final class Threads {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private Threads() {}

    /** What one thread does. */
    @FunctionalInterface
    public interface Work<T> {
        /** Does the part of the thread of this number, from 0. */
        T run(int thread) throws Exception;
    }

    /** Starts the work in so many threads at the same moment; returns what each returned, or fails as the first that did. */
    public static <T> List<T> atOnce(int threads, Work<T> work) {
        return atOnce(threads, PATIENCE, work);
    }

    /** As {@link #atOnce(int, Work)}, for work that may take that long. */
    public static <T> List<T> atOnce(int threads, Duration patience, Work<T> work) {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        CountDownLatch ready = new CountDownLatch(threads);
        try {
            List<Future<T>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int thread = i;
                running.add(executor.submit(whenAllAre(ready, () -> work.run(thread))));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : running) {
                results.add(future.get(patience.toNanos(), TimeUnit.NANOSECONDS));
            }
            return results;
        } catch (ExecutionException failure) {
            throw new AssertionError("One of the threads failed: " + failure.getCause(), failure.getCause());
        } catch (InterruptedException | TimeoutException failure) {
            throw new AssertionError("The threads did not end.", failure);
        } finally {
            executor.shutdownNow();
        }
    }

    private static <T> Callable<T> whenAllAre(CountDownLatch ready, Callable<T> work) {
        return () -> {
            ready.countDown();
            ready.await();
            return work.call();
        };
    }
}
