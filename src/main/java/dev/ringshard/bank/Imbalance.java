package dev.ringshard.bank;

import java.math.BigDecimal;
import java.util.Optional;

/**
 * An account whose balance is not the sum of its entries.
 *
 * @param balance as it is stored; empty if there are entries and no customer
 * @param entries the sum of the account's entries
 */
record Imbalance(Account account, Optional<BigDecimal> balance, BigDecimal entries) {

    /** Such as "SAVINGS holds 100.01, its entries add up to 100.00". */
    String text() {
        return balance.map(stored -> "%s holds %s, its entries add up to %s".formatted(account, stored, entries))
                .orElseGet(() -> "%s has entries that add up to %s, and no customer".formatted(account, entries));
    }
}
