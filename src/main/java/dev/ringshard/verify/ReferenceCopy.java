package dev.ringshard.verify;

/**
 * What a shard holds of a reference table.
 *
 * @param version the number that the shard has stored; 0 if it has no version
 */
public record ReferenceCopy(String shard, String table, long version) {}
