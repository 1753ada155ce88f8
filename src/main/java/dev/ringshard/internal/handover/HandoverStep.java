package dev.ringshard.internal.handover;

/** The steps of a handover, in their order; a mover that is about to do one can be told to die. */
public enum HandoverStep {
    /** Source: give the ranges rows of their own and a new epoch. */
    CLAIM,
    /** Target: copy the rows while they are being worked on, and record them. */
    STAGE,
    /** Target: commit what was staged. */
    COMMIT_STAGED,
    /** Target: copy again what was written meanwhile, in rounds, while applications work on. */
    CATCH_UP,
    /** Source: hold the ranges' rows; writers wait from here on. */
    LOCK,
    /** Target: copy again what was written since the last round. */
    LAST_ROUND,
    /** Source: end the ownership. The point of no return. */
    HAND_OVER,
    /** Target: begin the ownership. */
    ACTIVATE,
    /** Source: forget the handover. */
    FINISH
}
