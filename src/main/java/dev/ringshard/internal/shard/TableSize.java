package dev.ringshard.internal.shard;

/**
 * About how large a table is, as the database knows without reading it.
 *
 * @param rows about how many it has
 * @param isSmall whether counting them takes no time to speak of
 */
public record TableSize(long rows, boolean isSmall) {}
