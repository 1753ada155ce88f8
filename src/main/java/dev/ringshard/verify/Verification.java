package dev.ringshard.verify;

import java.time.Duration;
import java.util.List;

/**
 * What a verification read and found.
 *
 * @param leftovers of the shards that have any
 */
public record Verification(Extent extent, RingFindings ring, RowFindings rows, List<Leftovers> leftovers) {

    public Verification {
        leftovers = List.copyOf(leftovers);
    }

    /**
     * How much was read.
     *
     * @param customers who are there for callers: on the shard that owns their token
     * @param rows of all tables, hidden ones too
     */
    public record Extent(int shards, long customers, long rows, Duration time) {
        /** Rows for each second. */
        public long rowsPerSecond() {
            return time.isZero() ? 0 : Math.round(rows / (time.toNanos() / 1e9));
        }
    }

    /** Whether every token has one owner, every row is where and what it should be, and all money is accounted for. */
    public boolean isSound() {
        return ring.areNone() && rows.areNone();
    }

    /** Whether it is sound, and nothing is left over from moves either. */
    public boolean isOk() {
        return isSound() && leftovers.isEmpty();
    }

    /** All leftovers of all shards. */
    public int allLeftovers() {
        return leftovers.stream().mapToInt(Leftovers::total).sum();
    }
}
