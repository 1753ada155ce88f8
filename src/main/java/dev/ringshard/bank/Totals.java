package dev.ringshard.bank;

import java.math.BigDecimal;

/**
 * How many customers there are, and what their accounts hold together.
 *
 * @param customers all of them
 * @param withoutAmount customers of whom PostgreSQL holds a balance that is no amount (NaN); the sums are those of all others
 */
public record Totals(
        long customers, BigDecimal savings, BigDecimal checking, BigDecimal retirement401k, long withoutAmount) {
    static final Totals NOTHING = new Totals(0, Money.ZERO, Money.ZERO, Money.ZERO);

    /** All of whose balances are amounts. */
    public Totals(long customers, BigDecimal savings, BigDecimal checking, BigDecimal retirement401k) {
        this(customers, savings, checking, retirement401k, 0);
    }

    Totals plus(Totals other) {
        return new Totals(
                customers + other.customers,
                savings.add(other.savings),
                checking.add(other.checking),
                retirement401k.add(other.retirement401k),
                withoutAmount + other.withoutAmount);
    }

    /** All accounts together. */
    public BigDecimal money() {
        return savings.add(checking).add(retirement401k);
    }
}
