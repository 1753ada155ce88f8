package dev.ringshard.bank;

import dev.ringshard.failure.InvalidInputException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/** Amounts: two decimals, at most 17 digits before them. What needs more is refused, never rounded. */
final class Money {
    static final int SCALE = 2;
    static final BigDecimal ZERO = BigDecimal.ZERO.setScale(SCALE);
    private static final int DIGITS = 19;

    private Money() {}

    /** The same amount with exactly two decimals. */
    static BigDecimal exact(BigDecimal amount, String what) {
        if (amount.signum() == 0) {
            return ZERO;
        }
        // Sizes are decided before any digit is written out: 1E+100000000 has a hundred million of them.
        long digitsBeforePoint = (long) amount.precision() - amount.scale();
        if (digitsBeforePoint > DIGITS - SCALE) {
            throw new InvalidInputException(
                    "%s has more than %d digits before the decimal point. Nothing was written. Give a smaller amount."
                            .formatted(what, DIGITS - SCALE));
        }
        if (digitsBeforePoint <= -SCALE) {
            throw tooFine(what, null);
        }
        try {
            return amount.setScale(SCALE, RoundingMode.UNNECESSARY);
        } catch (ArithmeticException digitsWouldBeLost) {
            throw tooFine(what, digitsWouldBeLost);
        }
    }

    private static InvalidInputException tooFine(String what, @Nullable Throwable cause) {
        return new InvalidInputException(
                "%s needs more than two decimals. Nothing was written. Amounts are never rounded: give it in whole cents."
                        .formatted(what),
                cause);
    }

    /** As {@link #exact}, of an amount that must be above zero. */
    static BigDecimal positive(BigDecimal amount) {
        BigDecimal exact = exact(amount, "The amount");
        if (exact.signum() <= 0) {
            throw new InvalidInputException(
                    "The amount must be above zero. Nothing was written. Deposit to add, withdraw to take away.");
        }
        return exact;
    }

    static BigDecimal parse(String amount, String what) {
        try {
            return exact(new BigDecimal(amount), what);
        } catch (NumberFormatException notANumber) {
            throw new InvalidInputException(
                    "%s is no decimal number such as 100.00. Nothing was written. Correct it.".formatted(what),
                    notANumber);
        }
    }
}
