package dev.ringshard.internal.handover;

/** The steps of a handover, in their order; a mover that is about to do one can be told to die. */
public enum HandoverStep {
    /** Source: give the ranges rows of their own and a new epoch. */
    CLAIM,
    /** Target: copy the rows while they are being worked on, and record them. */
    STAGE,
    /** Target: commit what was staged. */
    COMMIT_STAGED,
    /** Target: copy again what has changed meanwhile, still without a lock on the source. */
    REFRESH,
    /** Source: hold the ranges' rows; writers wait from here on. */
    LOCK,
    /** Target: copy again what has changed since it was staged. */
    CATCH_UP,
    /** Source: end the ownership. The point of no return. */
    HAND_OVER,
    /** Target: begin the ownership. */
    ACTIVATE,
    /** Source: forget the handover. */
    FINISH
}
