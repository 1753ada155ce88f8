package dev.ringshard.verify;

/** A sharded table whose fence is not at work on a shard: a session that writes to it is held off by nothing while rows move. */
public record UnfencedTable(String shard, String table) {}
