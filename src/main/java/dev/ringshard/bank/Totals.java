package dev.ringshard.bank;

import java.math.BigDecimal;

/** How many customers there are, and what their accounts hold together. */
public record Totals(long customers, BigDecimal savings, BigDecimal checking, BigDecimal retirement401k) {
    static final Totals NOTHING = new Totals(0, Money.ZERO, Money.ZERO, Money.ZERO);

    Totals plus(Totals other) {
        return new Totals(
                customers + other.customers,
                savings.add(other.savings),
                checking.add(other.checking),
                retirement401k.add(other.retirement401k));
    }

    /** All accounts together. */
    public BigDecimal money() {
        return savings.add(checking).add(retirement401k);
    }
}
