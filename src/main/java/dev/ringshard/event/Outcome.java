package dev.ringshard.event;

import dev.ringshard.failure.RingshardException;

/** How a call ended: by success, or by a failure of which each {@link dev.ringshard.failure.Remedy} has a value of its own. */
public enum Outcome {
    /** It was done. */
    SUCCESS,
    /** {@link dev.ringshard.failure.Remedy#FIX_INPUT}. */
    FIX_INPUT,
    /** {@link dev.ringshard.failure.Remedy#REFRESH_AND_RETRY}. */
    REFRESH_AND_RETRY,
    /** {@link dev.ringshard.failure.Remedy#RETRY_LATER}. */
    RETRY_LATER,
    /** {@link dev.ringshard.failure.Remedy#ASK_FOR_OUTCOME}. */
    ASK_FOR_OUTCOME,
    /** {@link dev.ringshard.failure.Remedy#STOP_AND_CALL}. */
    STOP_AND_CALL,
    /** The caller's own work failed, by a failure that is none of Ringshard's. */
    CALLER_FAILED;

    /** What a failure means. */
    public static Outcome of(Throwable failure) {
        if (!(failure instanceof RingshardException known)) {
            return CALLER_FAILED;
        }
        return switch (known.remedy()) {
            case FIX_INPUT -> FIX_INPUT;
            case REFRESH_AND_RETRY -> REFRESH_AND_RETRY;
            case RETRY_LATER -> RETRY_LATER;
            case ASK_FOR_OUTCOME -> ASK_FOR_OUTCOME;
            case STOP_AND_CALL -> STOP_AND_CALL;
        };
    }
}
