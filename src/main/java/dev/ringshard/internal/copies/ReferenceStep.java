package dev.ringshard.internal.copies;

/** What happens to a reference table, in this order; for tests that die before it. */
public enum ReferenceStep {
    /** Rows that the next version deletes are deleted on another shard. */
    RETIRE,
    /** The home commits the version. */
    PUBLISH,
    /** The version gets to another shard. */
    CARRY
}
