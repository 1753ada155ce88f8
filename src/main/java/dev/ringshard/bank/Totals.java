package dev.ringshard.bank;

import java.math.BigDecimal;

/**
 * How many customers there are, and what their accounts hold together.
 *
 * @param customers all of them
 * @param inTransit what has left customers of one shard and not arrived at those of another. Each shard is seen at a moment of
 *     its own: where an arrival is seen and its departure not yet, that counts as less than nothing. {@link #money} is exact
 *     all the same
 * @param withoutAmount customers of whom PostgreSQL holds a balance that is no amount (NaN); the sums are those of all others
 */
public record Totals(
        long customers,
        BigDecimal savings,
        BigDecimal checking,
        BigDecimal retirement401k,
        BigDecimal inTransit,
        long withoutAmount) {
    static final Totals NOTHING = new Totals(0, Money.ZERO, Money.ZERO, Money.ZERO);

    /** All of whose balances are amounts, with nothing in transit. */
    public Totals(long customers, BigDecimal savings, BigDecimal checking, BigDecimal retirement401k) {
        this(customers, savings, checking, retirement401k, Money.ZERO, 0);
    }

    Totals plus(Totals other) {
        return new Totals(
                customers + other.customers,
                savings.add(other.savings),
                checking.add(other.checking),
                retirement401k.add(other.retirement401k),
                inTransit.add(other.inTransit),
                withoutAmount + other.withoutAmount);
    }

    /** The same with what customers of a shard have sent and not got. */
    Totals withInTransit(BigDecimal amount) {
        return new Totals(customers, savings, checking, retirement401k, amount, withoutAmount);
    }

    /** All accounts together, and what is in transit between them. */
    public BigDecimal money() {
        return savings.add(checking).add(retirement401k).add(inTransit);
    }
}
