package dev.ringshard.status;

/** Is told after every batch of rows that a recovery has deleted. */
@FunctionalInterface
public interface RecoveryProgress {
    /** Tells nobody. */
    RecoveryProgress NONE = (rows, ranges, allRanges) -> {};

    /**
     * A batch of rows was deleted.
     *
     * @param rows that have been deleted so far
     * @param ranges that are clean, of all that were to be cleaned on this shard
     */
    void purged(long rows, int ranges, int allRanges);
}
