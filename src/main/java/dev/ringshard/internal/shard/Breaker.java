package dev.ringshard.internal.shard;

import dev.ringshard.status.BreakerState;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Keeps callers from waiting for a shard that does not answer: after three failures among the last five attempts to
 * reach it, it refuses at once for two seconds, then lets one through to see. Thread-safe; while the shard answers,
 * no thread waits for a lock.
 */
final class Breaker {
    private static final int WATCHED_ATTEMPTS = 5;
    private static final int FAILURES = 3;
    private static final Duration REST = Duration.ofSeconds(2);

    private final LongSupplier nanoClock;
    private volatile BreakerState state = BreakerState.CLOSED;

    /** Of the last attempts while it was closed, a bit each, the newest lowest: 1 for a failure. */
    private volatile int failures;

    private long restsUntil;

    /** @param nanoClock as {@link System#nanoTime} */
    Breaker(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /** Asks to reach the shard; must be followed by {@link #reached()}, {@link #failed()} or {@link #notTried()}. */
    boolean permits() {
        return state == BreakerState.CLOSED || permitsTrial();
    }

    private synchronized boolean permitsTrial() {
        if (state == BreakerState.OPEN && nanoClock.getAsLong() - restsUntil >= 0) {
            state = BreakerState.HALF_OPEN;
            return true;
        }
        return state == BreakerState.CLOSED; // closed meanwhile
    }

    void reached() {
        if (state != BreakerState.CLOSED || failures != 0) {
            noteSuccess();
        }
    }

    private synchronized void noteSuccess() {
        switch (state) {
            case CLOSED -> note(0);
            case OPEN -> {} // it was permitted before
            case HALF_OPEN -> state = BreakerState.CLOSED;
        }
    }

    synchronized void failed() {
        switch (state) {
            case CLOSED -> {
                note(1);
                if (Integer.bitCount(failures) == FAILURES) {
                    open(REST);
                }
            }
            case OPEN -> {} // it was permitted before
            case HALF_OPEN -> open(REST);
        }
    }

    /** The next call may try in place of this one. */
    synchronized void notTried() {
        if (state == BreakerState.HALF_OPEN) {
            open(Duration.ZERO);
        }
    }

    BreakerState state() {
        return state;
    }

    private void note(int failure) {
        failures = (failures << 1 | failure) & ((1 << WATCHED_ATTEMPTS) - 1);
    }

    private void open(Duration rest) {
        state = BreakerState.OPEN;
        failures = 0;
        restsUntil = nanoClock.getAsLong() + rest.toNanos();
    }
}
