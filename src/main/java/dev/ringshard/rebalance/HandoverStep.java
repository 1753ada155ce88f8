package dev.ringshard.rebalance;

/** The steps of a handover, in their order; a mover that is about to do one can be told to die. */
enum HandoverStep {
    /** Source: give the ranges rows of their own and a new epoch. */
    CLAIM,
    /** Source: hold those rows; writers wait from here on. */
    LOCK,
    /** Target: copy the rows, compare them, record them. */
    STAGE,
    /** Target: commit what was staged. */
    COMMIT_STAGED,
    /** Source: end the ownership. The point of no return. */
    HAND_OVER,
    /** Target: begin the ownership. */
    ACTIVATE,
    /** Source: forget the handover. */
    FINISH
}
