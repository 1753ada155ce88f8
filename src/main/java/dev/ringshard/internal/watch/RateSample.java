package dev.ringshard.internal.watch;

import java.time.Duration;
import java.util.Optional;

/**
 * What moved between two looks.
 *
 * @param longestPause of writes, among the chunks of this time; empty if none was measured
 */
public record RateSample(double rowsPerSecond, Optional<Duration> longestPause) {}
