package dev.ringshard.bank;

import java.math.BigDecimal;

/**
 * All entries of all customers together.
 *
 * @param entries how many there are
 * @param money the sum of their amounts: what the balances must add up to
 */
public record LedgerTotals(long entries, BigDecimal money) {
    static final LedgerTotals NOTHING = new LedgerTotals(0, Money.ZERO);

    LedgerTotals plus(LedgerTotals other) {
        return new LedgerTotals(entries + other.entries, money.add(other.money));
    }
}
