package dev.ringshard.internal.watch;

import dev.ringshard.status.WritePauses;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Rows that move, or the last that did, by whatever process.
 *
 * @param isActive whether anything has moved of late
 * @param began when the first movement was seen
 * @param rows that have moved since
 * @param doneShare of what was to move then, 0 to 1; empty if that cannot be told
 * @param timeLeft if it goes on as it did of late; empty if nothing can be said
 * @param pauses how long writes waited since it began
 */
public record ObservedRebalance(
        boolean isActive,
        Instant began,
        Duration elapsed,
        long rows,
        double rowsPerSecond,
        Optional<Double> doneShare,
        Optional<Duration> timeLeft,
        WritePauses pauses) {}
