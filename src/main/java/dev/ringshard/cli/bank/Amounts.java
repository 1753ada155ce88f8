package dev.ringshard.cli.bank;

import dev.ringshard.failure.InvalidInputException;
import java.math.BigDecimal;
import java.util.regex.Pattern;

/** Amounts as they stand in a file. */
public final class Amounts {
    private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]+(\\.[0-9]+)?");
    private static final Pattern MONEY = Pattern.compile("[+-]?[0-9]{1,17}(\\.[0-9]{1,2})?");

    private Amounts() {}

    /**
     * Reads an amount.
     *
     * @param column where it stands, for the message
     * @throws InvalidInputException if it is no number, or one that would have to be rounded or does not fit
     */
    public static BigDecimal parse(String text, String column) {
        if (!NUMBER.matcher(text).matches()) {
            throw new InvalidInputException(column + " is no decimal number such as 12.50");
        }
        if (!MONEY.matcher(text).matches()) {
            throw new InvalidInputException(column
                    + " has more than two decimals, or more than 17 digits before them; nothing is ever rounded");
        }
        return new BigDecimal(text).setScale(2);
    }
}
