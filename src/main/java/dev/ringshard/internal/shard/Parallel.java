package dev.ringshard.internal.shard;

import dev.ringshard.failure.InvalidInputException;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The same work on several shards at once, waiting for all of it whatever fails, so that nothing is left running. */
public final class Parallel {
    /** More wait for connections anyhow. */
    private static final int MOST_THREADS = 500;

    private Parallel() {}

    /** As many as there is work for, up to a bound, until it is closed; beyond the bound, the thread that brings work does it. */
    public static ExecutorService threads() {
        return threads(MOST_THREADS);
    }

    static ExecutorService threads(int most) {
        return new ThreadPoolExecutor(
                0, most, 60, TimeUnit.SECONDS, new SynchronousQueue<>(), Parallel::daemon, (work, executor) -> {
                    if (executor.isShutdown()) {
                        throw InvalidInputException.closed();
                    }
                    work.run();
                });
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "ringshard-gather");
        thread.setDaemon(true);
        return thread;
    }

    /** A value, or the failure that came instead. */
    public record Outcome<T>(@Nullable T value, @Nullable RuntimeException failure) {
        /** The value; throws the failure. */
        public T get() {
            if (failure != null) {
                throw failure;
            }
            return java.util.Objects.requireNonNull(value);
        }
    }

    /** The outcome for each key, in the keys' order. The caller does the last one's work: a hand-over to a thread costs more than a short query. */
    public static <K, T> Map<K, Outcome<T>> forEach(ExecutorService executor, Collection<K> keys, Function<K, T> work) {
        Map<K, Future<Outcome<T>>> running = new LinkedHashMap<>();
        Iterator<K> next = keys.iterator();
        @Nullable K own = null;
        while (next.hasNext()) {
            K key = next.next();
            if (next.hasNext()) {
                running.put(key, executor.submit(() -> attempt(key, work)));
            } else {
                own = key;
            }
        }
        Map<K, Outcome<T>> outcomes = new LinkedHashMap<>();
        @Nullable Outcome<T> ownOutcome = own == null ? null : attemptHere(own, work);
        running.forEach((key, future) -> outcomes.put(key, await(future)));
        if (own != null && ownOutcome != null) {
            outcomes.put(own, ownOutcome);
        }
        return outcomes;
    }

    /** As in a thread of the executor's, which an interrupt of the caller does not reach. */
    private static <K, T> Outcome<T> attemptHere(K key, Function<K, T> work) {
        boolean interrupted = Thread.interrupted();
        try {
            return attempt(key, work);
        } catch (Error error) {
            return new Outcome<>(null, endedWith(error));
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static <K, T> Outcome<T> attempt(K key, Function<K, T> work) {
        try {
            return new Outcome<>(work.apply(key), null);
        } catch (RuntimeException failure) {
            return new Outcome<>(null, failure);
        }
    }

    private static IllegalStateException endedWith(@Nullable Throwable error) {
        return new IllegalStateException("work on a shard ended with an error", error);
    }

    /** Waits on through an interrupt, which JDBC would not notice anyway, and leaves it set. */
    private static <T> Outcome<T> await(Future<Outcome<T>> future) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return future.get();
                } catch (InterruptedException again) {
                    interrupted = true;
                } catch (ExecutionException error) {
                    throw endedWith(error.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
