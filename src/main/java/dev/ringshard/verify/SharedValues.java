package dev.ringshard.verify;

/** The values of a column that rows of several shards have. */
public record SharedValues(UniqueColumn column, Occurrences<SharedValue> found) {}
