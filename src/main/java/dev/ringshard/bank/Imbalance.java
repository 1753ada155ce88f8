package dev.ringshard.bank;

import java.math.BigDecimal;
import java.util.Optional;

/**
 * An account whose balance is not the sum of its entries.
 *
 * @param balance as it is stored; empty if there are entries and no customer
 * @param entries the sum of the account's entries
 */
public record Imbalance(Account account, Optional<BigDecimal> balance, BigDecimal entries) {}
