package dev.ringshard.internal.watch;

import dev.ringshard.ring.TokenRange;

/**
 * A range whose rows are on their way right now.
 *
 * @param isHandedOver whether the source has let go of it already; before that, the source serves it
 */
public record RangeInTransit(TokenRange range, String source, String target, boolean isHandedOver) {}
