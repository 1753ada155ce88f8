package dev.ringshard.rebalance;

import java.time.Duration;

/**
 * How many rows the next chunk should have, so that writers wait about as long as they may: grows and shrinks with what
 * the last chunks made them wait. For one thread.
 */
final class ChunkSize {
    private static final long FIRST = 100;
    private static final long LEAST = 20;
    private static final long MOST = 10_000;

    /**
     * However short the pauses are: what takes long to copy has changed by then, and on a busy machine that makes single
     * pauses long.
     */
    private static final long MOST_PER_MILLISECOND = 60;

    /** A chunk aims at less than the target, because single ones take longer. */
    private static final double AIM = 0.5;

    /** So much of the aim is left to the rows, however long the rest takes. */
    private static final double LEAST_PART_OF_ROWS = 0.5;

    private static final double FASTEST_GROWTH = 2;
    private static final double FASTEST_FALL = 0.5;

    private final Duration targetPause;
    private final long most;
    private long rows;

    ChunkSize(Duration targetPause) {
        this.targetPause = targetPause;
        this.most = Math.max(LEAST, Math.min(MOST, MOST_PER_MILLISECOND * targetPause.toMillis()));
        this.rows = Math.min(FIRST, most);
    }

    long rows() {
        return rows;
    }

    /**
     * Learns from a chunk of about this size.
     *
     * @param ofRows the part of the pause that grows with the rows; the rest would not get shorter by a smaller chunk
     */
    void paused(Duration writePause, Duration ofRows) {
        double aim = AIM * targetPause.toNanos();
        long rest = writePause.minus(ofRows).toNanos();
        double ratio = Math.max(aim - rest, LEAST_PART_OF_ROWS * aim) / Math.max(1, ofRows.toNanos());
        double factor = Math.max(FASTEST_FALL, Math.min(FASTEST_GROWTH, ratio));
        rows = Math.max(LEAST, Math.min(most, Math.round(rows * factor)));
    }
}
