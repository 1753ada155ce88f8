package dev.ringshard.rebalance;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Keeps all moves of a rebalance together below so many rows a second. Nothing is saved up: after a pause the rate is
 * no higher. Thread-safe.
 */
final class Throttle {
    private final OptionalLong rowsPerSecond;
    private final LongSupplier nanoTime;
    private long freeAt;

    /** @param rowsPerSecond empty for no limit */
    Throttle(OptionalLong rowsPerSecond, LongSupplier nanoTime) {
        this.rowsPerSecond = rowsPerSecond;
        this.nanoTime = nanoTime;
        this.freeAt = nanoTime.getAsLong();
    }

    /** Counts rows that were copied; returns how long the mover that copied them has to wait before the next. */
    synchronized Duration moved(long rows) {
        if (rowsPerSecond.isEmpty()) {
            return Duration.ZERO;
        }
        long now = nanoTime.getAsLong();
        long cost = Math.round(1e9 * rows / rowsPerSecond.getAsLong());
        freeAt = Math.max(freeAt, now) + cost;
        return Duration.ofNanos(freeAt - now);
    }
}
