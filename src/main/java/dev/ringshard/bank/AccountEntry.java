package dev.ringshard.bank;

import java.math.BigDecimal;
import java.time.Instant;

/**
 * One movement of money on one account; never changed once written.
 *
 * @param number orders the entries of one customer
 * @param kind what moved it
 * @param amount positive came in, negative went out
 * @param balanceAfter the account's balance right after it
 * @param at by the shard's clock
 */
public record AccountEntry(
        String operationId,
        long number,
        Kind kind,
        Account account,
        BigDecimal amount,
        BigDecimal balanceAfter,
        Instant at) {

    /** What moved money. */
    public enum Kind {
        /** The account was opened with it. */
        OPENING,
        DEPOSIT,
        WITHDRAWAL,
        /** One side of a transfer. */
        TRANSFER
    }
}
