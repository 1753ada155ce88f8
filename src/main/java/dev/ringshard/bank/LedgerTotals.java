package dev.ringshard.bank;

import java.math.BigDecimal;

/**
 * All entries of all customers together.
 *
 * @param entries how many there are
 * @param money the sum of their amounts: what the balances must add up to
 * @param withoutAmount entries of which PostgreSQL holds an amount that is none (NaN); the sum is that of all others
 */
public record LedgerTotals(long entries, BigDecimal money, long withoutAmount) {
    static final LedgerTotals NOTHING = new LedgerTotals(0, Money.ZERO);

    /** All of which have amounts. */
    public LedgerTotals(long entries, BigDecimal money) {
        this(entries, money, 0);
    }

    LedgerTotals plus(LedgerTotals other) {
        return new LedgerTotals(entries + other.entries, money.add(other.money), withoutAmount + other.withoutAmount);
    }
}
