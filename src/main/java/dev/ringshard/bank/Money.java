package dev.ringshard.bank;

import dev.ringshard.failure.CorruptionException;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.internal.shard.FailureKind;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Amounts: two decimals, at most 17 digits before them. What needs more is refused, never rounded. */
final class Money {
    static final int SCALE = 2;
    static final BigDecimal ZERO = BigDecimal.ZERO.setScale(SCALE);
    private static final int DIGITS = 19;

    private Money() {}

    /**
     * An amount as it is stored. PostgreSQL's numeric also has NaN, which is refused by the tables as the bank makes them, and
     * may be there all the same.
     *
     * @param column its name, for the message
     * @throws CorruptionException if it is no amount
     */
    static BigDecimal stored(ResultSet row, int position, String column) throws SQLException {
        return find(row, position).orElseThrow(() -> notAnAmount(row, column));
    }

    /** What stands at a position of a row; empty if it is no amount. */
    static Optional<BigDecimal> find(ResultSet row, int position) throws SQLException {
        try {
            return Optional.of(row.getBigDecimal(position));
        } catch (SQLException failure) {
            if (FailureKind.of(failure) == FailureKind.OUT_OF_RANGE) {
                return Optional.empty(); // said by the driver: the server has sent it
            }
            throw failure;
        }
    }

    private static CorruptionException notAnAmount(ResultSet row, String column) {
        return new CorruptionException(
                "The %s of customer %s is NaN, which is no amount. What is stored of this customer stays as it is, and others are not affected. Correct it by SQL on the customer's shard; verify names all such rows."
                        .formatted(column, key(row)));
    }

    private static String key(ResultSet row) {
        try {
            return row.getString("customer_key");
        } catch (SQLException unnamed) {
            return "(unknown)";
        }
    }

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
