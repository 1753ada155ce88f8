package dev.ringshard.rebalance;

import java.time.Duration;

/**
 * How many rows the next chunk should have, so that it takes about as long to copy as may have to be repeated after a crash:
 * grows and shrinks with what the last chunks took, of whichever move. Thread-safe.
 */
final class ChunkSize {
    private static final long FIRST = 2_000;
    private static final long LEAST = 20;
    private static final Duration AIM = Duration.ofSeconds(1);
    private static final double FASTEST_GROWTH = 4;
    private static final double FASTEST_FALL = 0.5;

    private final long most;
    private long rows;
    private boolean isKnown;

    /** @param most rows that a chunk may have */
    ChunkSize(long most) {
        this.most = most;
        this.rows = Math.min(FIRST, most);
    }

    synchronized long rows() {
        return rows;
    }

    /** Whether anything has been learned. */
    synchronized boolean isKnown() {
        return isKnown;
    }

    /** Learns from a chunk of about this size. */
    synchronized void copied(Duration took) {
        isKnown = true;
        double ratio = (double) AIM.toNanos() / Math.max(1, took.toNanos());
        double factor = Math.max(FASTEST_FALL, Math.min(FASTEST_GROWTH, ratio));
        resize(Math.round(rows * factor));
    }

    private void resize(long wanted) {
        rows = Math.min(most, Math.max(LEAST, wanted));
    }
}
