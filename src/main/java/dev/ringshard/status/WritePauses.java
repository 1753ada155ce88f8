package dev.ringshard.status;

import java.time.Duration;

/**
 * How long writes to a chunk waited while it was handed over, from when they began to wait to when the target served.
 *
 * @param chunks how many were handed over; with none, all times are zero
 * @param median half of the pauses were no longer
 * @param p99 99 of 100 were no longer
 * @param longest of all
 */
public record WritePauses(long chunks, Duration median, Duration p99, Duration longest) {}
