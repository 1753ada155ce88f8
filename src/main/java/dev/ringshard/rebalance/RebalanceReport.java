package dev.ringshard.rebalance;

import dev.ringshard.status.WritePauses;
import java.time.Duration;
import java.util.List;

/**
 * What a rebalance did.
 *
 * @param movedRows in all sharded tables
 * @param plannedRows as counted when the plan was made; others may have written since
 * @param time it took
 * @param writePauses how long writes waited
 * @param delayed what came last, because other work held it; the latest first
 * @param joined shards that take part since
 * @param complete whether everybody owns what the plan says; not so if it was cancelled
 */
public record RebalanceReport(
        long movedRows,
        long plannedRows,
        Duration time,
        WritePauses writePauses,
        List<DelayedRows> delayed,
        List<String> joined,
        boolean complete) {

    public RebalanceReport {
        delayed = List.copyOf(delayed);
        joined = List.copyOf(joined);
    }

    /** How many rows moved in a second, on average. */
    public double rowsPerSecond() {
        return time.isZero() ? 0 : 1e9 * movedRows / time.toNanos();
    }
}
