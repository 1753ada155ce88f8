package dev.ringshard.bank;

/** Whether a withdrawal may leave an account below zero. */
public enum Overdraft {
    /** It answers {@link Posting.InsufficientFunds} instead. */
    REFUSED,
    /** It may. */
    ALLOWED
}
