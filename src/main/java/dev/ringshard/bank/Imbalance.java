package dev.ringshard.bank;

import java.math.BigDecimal;
import java.util.Optional;

/**
 * An account whose balance is not the sum of its entries, or where one of them is no amount.
 *
 * @param hasCustomer false if there are entries and no customer
 * @param balance as it is stored; empty if it is no amount
 * @param entries the sum of the account's entries; empty if one of them is no amount
 */
record Imbalance(Account account, boolean hasCustomer, Optional<BigDecimal> balance, Optional<BigDecimal> entries) {
    private static final String NO_AMOUNT = "NaN, which is no amount";

    /** Such as "SAVINGS holds 100.01, its entries add up to 100.00". */
    String text() {
        String sum = text(entries);
        return hasCustomer
                ? "%s holds %s, its entries add up to %s".formatted(account, text(balance), sum)
                : "%s has entries that add up to %s, and no customer".formatted(account, sum);
    }

    private static String text(Optional<BigDecimal> amount) {
        return amount.map(BigDecimal::toString).orElse(NO_AMOUNT);
    }
}
