package dev.ringshard.bank;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;

/**
 * One movement of money on one account; never changed once written.
 *
 * @param number orders the entries of one customer
 * @param kind what moved it
 * @param amount positive came in, negative went out
 * @param balanceAfter the account's balance right after it
 * @param at by the shard's clock
 * @param bookedOn the day that its {@link Booking} gave; empty if it had none
 * @param counterparty of a transfer, whom it went to or came from; otherwise empty
 */
public record AccountEntry(
        String operationId,
        long number,
        Kind kind,
        Account account,
        BigDecimal amount,
        BigDecimal balanceAfter,
        Instant at,
        Optional<LocalDate> bookedOn,
        Optional<AccountRef> counterparty) {

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
