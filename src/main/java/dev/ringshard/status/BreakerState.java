package dev.ringshard.status;

/** What a shard's circuit breaker does with calls to the shard. */
public enum BreakerState {
    /** The shard answers: every call may try. */
    CLOSED,
    /** The shard has failed three times among the last five attempts: calls are refused at once, for 2 s. */
    OPEN,
    /** One call tries whether the shard answers again; all others are refused. */
    HALF_OPEN
}
