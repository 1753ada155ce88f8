package dev.ringshard.event;

/** The kinds of calls that are told apart. */
public enum Operation {
    /** A keyed transaction, from its begin to its commit. */
    TRANSACTION,
    /** A read of one key by one statement, without a lock. */
    READ,
    /** A statement for one key that enters the fence and commits by itself. */
    UPDATE,
    /** A read over all shards; its shard is {@link RingshardListener#ALL_SHARDS}. */
    SCATTER,
    /** A look at how one shard is, by who watches the cluster. */
    LOOK
}
