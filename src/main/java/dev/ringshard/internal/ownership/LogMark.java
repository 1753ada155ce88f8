package dev.ringshard.internal.ownership;

/**
 * What a mover wrote into a shard, so that others notice if the shard is set back to before it.
 *
 * @param number marks of one shard are numbered in their order; a shard that was set back uses numbers anew
 * @param value made up at random
 */
public record LogMark(long number, long value) {}
