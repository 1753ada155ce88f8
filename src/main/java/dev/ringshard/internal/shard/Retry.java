package dev.ringshard.internal.shard;

import dev.ringshard.failure.ContentionException;
import dev.ringshard.failure.NoOwnerException;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.failure.ShardUnavailableException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The one retry loop. Repeats what is known to have had no effect: {@link NoOwnerException},
 * {@link ContentionException} and a connection {@linkplain ShardUnavailableException#wasLost() lost before the commit};
 * everything else, a commit without an answer above all, passes through at once.
 *
 * <p>Waits between attempts double from 1 ms to 100 ms unless told otherwise, each a random part of that (full jitter, after M. Brooker,
 * "Exponential Backoff And Jitter", 2015). The last failure carries the earlier ones as suppressed. Thread-safe.
 */
public final class Retry {
    private static final Duration FIRST_WAIT = Duration.ofMillis(1);
    private static final Duration LONGEST_WAIT = Duration.ofMillis(100);
    private static final int KEPT_FAILURES = 5;

    private final Duration patience;
    private final LongSupplier nanoTime;
    private final Sleeper sleeper;
    private final RandomGenerator random;
    private final Duration firstWait;
    private final Duration longestWait;

    /** @param patience how long attempts may be begun after the first */
    public Retry(Duration patience, LongSupplier nanoTime, Sleeper sleeper, RandomGenerator random) {
        this(patience, nanoTime, sleeper, random, FIRST_WAIT, LONGEST_WAIT);
    }

    private Retry(
            Duration patience,
            LongSupplier nanoTime,
            Sleeper sleeper,
            RandomGenerator random,
            Duration firstWait,
            Duration longestWait) {
        this.patience = patience;
        this.nanoTime = nanoTime;
        this.sleeper = sleeper;
        this.random = random;
        this.firstWait = firstWait;
        this.longestWait = longestWait;
    }

    /** With waits of these lengths, for attempts that others suffer from. */
    public Retry pausing(Duration first, Duration longest) {
        return new Retry(patience, nanoTime, sleeper, random, first, longest);
    }

    /** By the clock and the chance of this JVM. */
    public static Retry within(Duration patience) {
        return new Retry(patience, System::nanoTime, Retry::sleep, Retry::random);
    }

    private static void sleep(Duration duration) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(duration.toNanos());
    }

    /** Unlike most generators, safe for use by many threads. */
    private static long random() {
        return ThreadLocalRandom.current().nextLong();
    }

    /**
     * Runs the attempt until it succeeds, fails for good, or patience runs out.
     *
     * @param beforeRepeat told of each failure that will be repeated, before the wait
     * @throws RingshardException the last attempt's, with up to five earlier ones suppressed
     */
    public <T> T run(Supplier<T> attempt, Consumer<RingshardException> beforeRepeat) {
        Attempts attempts = begin();
        while (true) {
            try {
                return attempt.get();
            } catch (RingshardException failure) {
                attempts.requireRepeatable(failure);
                beforeRepeat.accept(failure);
                attempts.pause(failure);
            }
        }
    }

    /** The attempts of one call, from now on. */
    public Attempts begin() {
        return new Attempts();
    }

    /** The attempts of one call: which failures may be repeated, and how long to wait between. For one thread. */
    public final class Attempts {
        private final long deadline = nanoTime.getAsLong() + patience.toNanos();
        private final Deque<RingshardException> earlier = new ArrayDeque<>();
        private long wait = firstWait.toNanos();

        private Attempts() {}

        /**
         * Returns if what failed had no effect and there is time to repeat it.
         *
         * @throws RingshardException the failure otherwise, with up to five earlier ones suppressed
         */
        public void requireRepeatable(RingshardException failure) {
            if (!hadNoEffect(failure) || deadline - nanoTime.getAsLong() <= 0) {
                earlier.stream().filter(one -> one != failure).forEach(failure::addSuppressed);
                throw failure;
            }
            if (earlier.size() == KEPT_FAILURES) {
                earlier.removeFirst();
            }
            earlier.addLast(failure);
        }

        /** Waits before the next attempt. */
        public void pause(RingshardException failure) {
            try {
                sleeper.sleep(Duration.ofNanos(random.nextLong(wait)));
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                failure.addSuppressed(interrupted);
                throw failure;
            }
            wait = Math.min(longestWait.toNanos(), 2 * wait);
        }
    }

    private static boolean hadNoEffect(RingshardException failure) {
        return failure instanceof NoOwnerException
                || failure instanceof ContentionException
                || (failure instanceof ShardUnavailableException unavailable && unavailable.wasLost());
    }
}
