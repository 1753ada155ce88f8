package dev.ringshard.rebalance;

import dev.ringshard.status.WritePauses;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How far a rebalance has come.
 *
 * @param doneRows that have moved
 * @param totalRows that the plan moves, as counted when it was made
 * @param doneShare the part of the ring that has moved, of what the plan moves; 0 to 1
 * @param elapsed since it began
 * @param waitsFor why nothing moves at the moment, in words; empty while something does
 * @param shares each shard's of the ring, 0 to 1
 * @param writePauses how long writes have waited so far
 */
public record RebalanceProgress(
        long doneRows,
        long totalRows,
        double doneShare,
        Duration elapsed,
        Optional<String> waitsFor,
        Map<String, Double> shares,
        WritePauses writePauses) {

    private static final double LEAST_SHARE = 0.05;
    private static final Duration LEAST_TIME = Duration.ofSeconds(10);

    public RebalanceProgress {
        shares = Collections.unmodifiableMap(new LinkedHashMap<>(shares));
    }

    /** On average since it began. */
    public double rowsPerSecond() {
        return elapsed.isZero() ? 0 : 1e9 * doneRows / elapsed.toNanos();
    }

    /** If it goes on as it went so far; empty as long as that tells little. */
    public Optional<Duration> timeLeft() {
        boolean hasBegun = doneShare >= LEAST_SHARE || elapsed.compareTo(LEAST_TIME) >= 0;
        return doneShare <= 0 || !hasBegun
                ? Optional.empty()
                : Optional.of(Duration.ofNanos(Math.round(elapsed.toNanos() * (1 - doneShare) / doneShare)));
    }
}
