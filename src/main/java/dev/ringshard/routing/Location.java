package dev.ringshard.routing;

import dev.ringshard.ring.TokenRange;

/**
 * Where a key lives, as far as the router knows.
 *
 * @param token the key's position on the ring
 * @param range the range of neighbouring tokens that live on the same shard
 * @param shard the name of the shard that owns it
 */
public record Location(String key, long token, TokenRange range, String shard) {}
