package dev.ringshard.status;

/**
 * What {@code init} is about to do with a shard; the order is the order of the phases, except that the tables of a founder
 * that founds alone are fenced last.
 */
public enum InitStep {
    /** Look who it is, without changing anything. */
    INSPECT,
    /** Bring its schema to the newest version, and check that its sharded tables can be fenced and moved. */
    MIGRATE,
    /** Index its sharded tables by token, where tokens are computed. */
    INDEX,
    /** Fence its sharded tables. */
    FENCE,
    /** Store the founding on it. */
    PREPARE,
    /** Store on it which databases the founders are. */
    SEAL,
    /** Give it its first ranges. */
    HAND_OUT
}
