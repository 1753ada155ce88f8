package dev.ringshard.event;

/**
 * What a watch that rebalances by itself has decided, and why.
 *
 * @param imbalance rows of the fullest shard, by its fair share; 1 where they are not known
 * @param reason in sentences; names of shards and numbers
 */
public record WatchDecision(Kind kind, double imbalance, String reason) {

    /** What is done. */
    public enum Kind {
        /** Nothing: shards hold about what they should. */
        EVEN,
        /** Nothing before its hours come. */
        OUTSIDE_HOURS,
        /** Nothing for now: what hinders it passes by itself. */
        WAITS,
        /** A rebalance begins. */
        REBALANCES,
        /** A rebalance has ended, by its end or by that of the hours. */
        MOVED,
        /** Nothing any more: a person has to look first. */
        STOPPED
    }
}
