package dev.ringshard.internal.ownership;

import dev.ringshard.ring.TokenRange;

/**
 * A range that a shard owns.
 *
 * @param epoch rises with every attempt to move the range; of two shards that seem to own a token, the higher epoch is
 *     the newer knowledge
 */
public record OwnedRange(TokenRange range, long epoch) {}
