package dev.ringshard.event;

import java.util.List;

/**
 * Is told what happens. Called by the threads that do the work, many at once: an implementation must be thread-safe and
 * quick, and must not throw. Every method does nothing unless it is overridden.
 */
public interface RingshardListener {
    /** Stands for the shard where a call concerns all of them. */
    String ALL_SHARDS = "all";

    /** Stands for the shard where a call never found one. */
    String NO_SHARD = "none";

    /**
     * A call has ended.
     *
     * @param shard that owned the key, or {@link #ALL_SHARDS}, or {@link #NO_SHARD}
     * @param nanos from its begin to its end, with all waits and repetitions
     */
    default void ended(Operation operation, String shard, Outcome outcome, long nanos) {}

    /**
     * An attempt had no effect, and is made again.
     *
     * @param shard that it was made on, or {@link #ALL_SHARDS}, or {@link #NO_SHARD}
     */
    default void repeats(Repetition reason, String shard) {}

    /** A chunk of rows belongs to another shard now. */
    default void handedOver(MovedChunk chunk) {}

    /** How many rows the rebalances of this process still have to move; 0 once none runs. */
    default void backlog(long rows) {}

    /** A watch of this process that rebalances by itself has decided something; again and again, also if nothing has changed. */
    default void decided(WatchDecision decision) {}

    /** This process has brought a message of a topic to its end: it was accepted, or refused. */
    default void delivered(String topic, boolean isAccepted) {}

    /** What is on its way from the keys of a shard, by topic, as of the last look at it. */
    default void pending(String shard, List<PendingMessages> topics) {}

    /** A shard was added to the configuration. */
    default void joined(String shard) {}

    /** A shard has left the configuration. */
    default void left(String shard) {}
}
