package dev.ringshard.status;

/** What a shard's circuit breaker does with those who want to reach the shard. */
public enum BreakerState {
    /** The shard answers: everybody may try. */
    CLOSED,
    /** The shard has failed several times: nobody may try for a while. */
    OPEN,
    /** One is trying, to see whether the shard answers again; nobody else may. */
    HALF_OPEN
}
