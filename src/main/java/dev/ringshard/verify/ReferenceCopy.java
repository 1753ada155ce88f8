package dev.ringshard.verify;

/**
 * What a shard holds of a reference table.
 *
 * @param version by what the shard says
 */
public record ReferenceCopy(String shard, String table, long version) {}
