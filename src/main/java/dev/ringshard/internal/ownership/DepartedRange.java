package dev.ringshard.internal.ownership;

import dev.ringshard.ring.TokenRange;

/** Rows that a handover has left behind on their source, which await their deletion. */
public record DepartedRange(TokenRange range, long epoch, String target) {}
