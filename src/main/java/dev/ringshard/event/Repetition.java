package dev.ringshard.event;

/** Why something that had no effect was tried again. */
public enum Repetition {
    /** The shard refused the token, because it does not own it; the call followed it to where it is. */
    STALE_ROUTE,
    /** No shard that answered owned the token, or the parts of a read over all shards did not fit together. */
    NO_OWNER,
    /** The database undid it: a serialization failure, a deadlock, or a lock that others held for too long. */
    CONTENTION,
    /** The connection was lost before the commit. */
    CONNECTION_LOST
}
