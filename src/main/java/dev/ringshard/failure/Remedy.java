package dev.ringshard.failure;

/** What code that catches a {@link RingshardException} can do about it. */
public enum Remedy {
    /** The call, the configuration or the data given was wrong. Repeating it as it is fails again. */
    FIX_INPUT,
    /** Another caller changed the same thing first. Read it again, decide again, call again. */
    REFRESH_AND_RETRY,
    /** Nothing was written and nothing is wrong with the call. It succeeds once the cause has passed. */
    RETRY_LATER,
    /** The work may or may not have been done. Repeat it with the same operation id, or read what is there. */
    ASK_FOR_OUTCOME,
    /** The data contradicts what Ringshard guarantees. Stop writing and find out why. */
    STOP_AND_CALL
}
