package dev.ringshard.verify;

/** A sharded table whose fence is not at work on a shard: nothing there refuses writes to rows that move, or that are on another shard. */
public record UnfencedTable(String shard, String table) {}
