package dev.ringshard.verify;

/** Which tokens belong to a shard, in the snapshot in which its rows are read. Thread-safe. */
public interface Placement {
    /** Whether the shard owns the token, so that rows with it are there for callers. */
    boolean owns(long token);

    /** Whether rows with this token were staged or left behind by a handover: no call on this shard sees them, and nothing is wrong with that. */
    boolean hides(long token);
}
