package dev.ringshard.bank;

import java.math.BigDecimal;

/**
 * What a customer's accounts hold, each with two decimals.
 *
 * @param retirement401k the balance of {@link Account#RETIREMENT_401K}
 */
public record Balances(BigDecimal savings, BigDecimal checking, BigDecimal retirement401k) {
    /** Nothing on any account. */
    public static final Balances ZERO = new Balances(Money.ZERO, Money.ZERO, Money.ZERO);

    /** @throws dev.ringshard.failure.InvalidInputException if one needs more than two decimals or has too many digits */
    public Balances {
        savings = Money.exact(savings, "The savings balance");
        checking = Money.exact(checking, "The checking balance");
        retirement401k = Money.exact(retirement401k, "The 401k balance");
    }

    /** The same from texts such as {@code "100.00"}. */
    public Balances(String savings, String checking, String retirement401k) {
        this(
                Money.parse(savings, "The savings balance"),
                Money.parse(checking, "The checking balance"),
                Money.parse(retirement401k, "The 401k balance"));
    }

    /** The balance of one account. */
    public BigDecimal of(Account account) {
        return switch (account) {
            case SAVINGS -> savings;
            case CHECKING -> checking;
            case RETIREMENT_401K -> retirement401k;
        };
    }

    /** All three together. */
    public BigDecimal total() {
        return savings.add(checking).add(retirement401k);
    }
}
