package dev.ringshard.shard;

import dev.ringshard.failure.ContentionException;
import dev.ringshard.failure.NoOwnerException;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.failure.ShardUnavailableException;
import java.time.Duration;
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
 * <p>Waits between attempts double from 1 ms to 100 ms, each a random part of that (full jitter, after M. Brooker,
 * "Exponential Backoff And Jitter", 2015). The last failure carries the earlier ones as suppressed. Thread-safe.
 */
public final class Retry {
    private static final long FIRST_WAIT_NANOS = Duration.ofMillis(1).toNanos();
    private static final long LONGEST_WAIT_NANOS = Duration.ofMillis(100).toNanos();
    private static final int KEPT_FAILURES = 5;

    private final Duration patience;
    private final LongSupplier nanoTime;
    private final Sleeper sleeper;
    private final RandomGenerator random;

    /** @param patience how long attempts may be begun after the first */
    public Retry(Duration patience, LongSupplier nanoTime, Sleeper sleeper, RandomGenerator random) {
        this.patience = patience;
        this.nanoTime = nanoTime;
        this.sleeper = sleeper;
        this.random = random;
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
        long deadline = nanoTime.getAsLong() + patience.toNanos();
        long wait = FIRST_WAIT_NANOS;
        RingshardException[] earlier = new RingshardException[KEPT_FAILURES];
        for (int attempts = 0; ; attempts++) {
            RingshardException failure;
            try {
                return attempt.get();
            } catch (RingshardException failed) {
                failure = failed;
            }
            if (!hadNoEffect(failure) || deadline - nanoTime.getAsLong() <= 0) {
                throw withEarlier(failure, earlier);
            }
            earlier[attempts % KEPT_FAILURES] = failure;
            beforeRepeat.accept(failure);
            pause(wait, failure);
            wait = Math.min(LONGEST_WAIT_NANOS, 2 * wait);
        }
    }

    private static boolean hadNoEffect(RingshardException failure) {
        return failure instanceof NoOwnerException
                || failure instanceof ContentionException
                || (failure instanceof ShardUnavailableException unavailable && unavailable.wasLost());
    }

    private void pause(long atMost, RingshardException failure) {
        try {
            sleeper.sleep(Duration.ofNanos(random.nextLong(atMost)));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            failure.addSuppressed(interrupted);
            throw failure;
        }
    }

    private static RingshardException withEarlier(RingshardException last, RingshardException[] earlier) {
        for (RingshardException one : earlier) {
            if (one != null && one != last) {
                last.addSuppressed(one);
            }
        }
        return last;
    }
}
