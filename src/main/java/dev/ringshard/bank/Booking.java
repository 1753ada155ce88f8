package dev.ringshard.bank;

import dev.ringshard.failure.InvalidInputException;
import java.math.BigDecimal;
import java.time.LocalDate;

/**
 * A movement of money that happened elsewhere, on a day of its own.
 *
 * @param amount positive came in, negative went out; not zero
 * @param on the day for which it is booked, in the years 1 to 9999
 */
public record Booking(String key, Account account, BigDecimal amount, OperationId id, LocalDate on) {
    private static final int LAST_YEAR = 9_999;

    /** @throws InvalidInputException if the amount or the day cannot be one */
    public Booking {
        amount = Money.exact(amount, "The amount");
        if (amount.signum() == 0) {
            throw new InvalidInputException("The amount is zero. Nothing was written. Leave the booking out.");
        }
        if (on.getYear() < 1 || on.getYear() > LAST_YEAR) {
            throw new InvalidInputException(
                    "The day of the booking is not in the years 1 to 9999. Nothing was written. Correct it.");
        }
    }

    @Override
    public String toString() {
        return "Booking[key=" + key + ", id=" + id + "]"; // logs must not show a customer's values
    }
}
