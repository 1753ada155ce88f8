package dev.ringshard.internal.ownership;

import dev.ringshard.ring.TokenRange;

/** Rows that a handover has staged on their target, which nobody owns there yet. */
public record IncomingRange(TokenRange range, long epoch, String source) {}
