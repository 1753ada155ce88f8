package dev.ringshard.rebalance;

import java.time.Duration;

/**
 * How many rows the next chunk should have, so that it takes about as long to copy as may have to be repeated after a crash:
 * grows and shrinks with what the last chunks took. For one thread.
 */
final class ChunkSize {
    private static final long FIRST = 2_000;
    private static final long LEAST = 20;
    private static final Duration AIM = Duration.ofSeconds(1);
    private static final double FASTEST_GROWTH = 4;
    private static final double FASTEST_FALL = 0.5;

    private final long most;
    private long rows;

    /** @param most rows that a chunk may have */
    ChunkSize(long most) {
        this.most = most;
        this.rows = Math.min(FIRST, most);
    }

    long rows() {
        return rows;
    }

    /** Learns from a chunk of about this size. */
    void copied(Duration took) {
        double ratio = (double) AIM.toNanos() / Math.max(1, took.toNanos());
        double factor = Math.max(FASTEST_FALL, Math.min(FASTEST_GROWTH, ratio));
        resize(Math.round(rows * factor));
    }

    /** Learns that somebody held some rows for too long: the smaller a chunk, the less has to wait for them. */
    void held() {
        resize(Math.round(rows * FASTEST_FALL));
    }

    private void resize(long wanted) {
        rows = Math.min(most, Math.max(LEAST, wanted));
    }
}
