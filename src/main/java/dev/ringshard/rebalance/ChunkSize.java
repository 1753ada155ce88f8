package dev.ringshard.rebalance;

import java.time.Duration;

/**
 * How many rows the next chunk should have, so that writers wait about as long as they may: grows and shrinks with what
 * the last chunks made them wait. For one thread.
 */
final class ChunkSize {
    private static final long FIRST = 500;
    private static final long LEAST = 20;
    private static final long MOST = 5_000;

    /** A chunk aims at less than the target, because single ones take longer. */
    private static final double AIM = 0.5;

    private static final double FASTEST_GROWTH = 1.5;
    private static final double FASTEST_FALL = 0.5;

    private final Duration targetPause;
    private long rows = FIRST;

    ChunkSize(Duration targetPause) {
        this.targetPause = targetPause;
    }

    long rows() {
        return rows;
    }

    /** Learns from a chunk of about this size. */
    void paused(Duration writePause) {
        double ratio = AIM * targetPause.toNanos() / Math.max(1, writePause.toNanos());
        double factor = Math.max(FASTEST_FALL, Math.min(FASTEST_GROWTH, ratio));
        rows = Math.max(LEAST, Math.min(MOST, Math.round(rows * factor)));
    }
}
