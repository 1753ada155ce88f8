package dev.ringshard.internal.routing;

/**
 * A statement of which is known that it first writes a row of its key to a fenced table, whose trigger refuses what is not the shard's.
 * What an application writes is not known to, so that it is not for applications.
 */
public record RowWritingStatement(String sql) {}
