package dev.ringshard.verify;

/** Receives the progress of a verification, from several threads; must be thread-safe, and return at once. */
@FunctionalInterface
public interface VerifyProgress {
    /** Ignores progress. */
    VerifyProgress NONE = (rows, estimated) -> {};

    /**
     * Called about once for each 1,000 rows of a shard, and at its end.
     *
     * @param rows read so far, on all shards
     * @param estimated rows of all shards, by the databases' statistics; 0 if they have none
     */
    void rows(long rows, long estimated);
}
