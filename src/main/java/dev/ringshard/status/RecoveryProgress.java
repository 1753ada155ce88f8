package dev.ringshard.status;

/** Receives the progress of a recovery, after every batch of rows that it deletes. */
@FunctionalInterface
public interface RecoveryProgress {
    /** Ignores progress. */
    RecoveryProgress NONE = (rows, ranges, allRanges) -> {};

    /**
     * A batch of rows was deleted.
     *
     * @param rows that have been deleted so far
     * @param ranges that are clean, of all that were to be cleaned on this shard
     */
    void purged(long rows, int ranges, int allRanges);
}
