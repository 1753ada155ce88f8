package dev.ringshard.bench;

import dev.ringshard.failure.InvalidInputException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many of a hundred operations of the mix read; the others deposit.
 *
 * @param readPercent 0 to 100
 */
record Mix(int readPercent) {
    private static final Pattern READ_WRITE = Pattern.compile("(\\d{1,3}):(\\d{1,3})");

    /** Nine reads to one deposit. */
    static final Mix MOSTLY_READS = new Mix(90);

    /** @throws InvalidInputException if it is no share */
    Mix {
        if (readPercent < 0 || readPercent > 100) {
            throw new InvalidInputException(
                    "A mix reads 0 to 100 times of a hundred, not %d. Nothing was done. Correct it."
                            .formatted(readPercent));
        }
    }

    /**
     * Reads a text such as {@code 90:10}.
     *
     * @throws InvalidInputException if the two numbers are not there or do not add up to 100
     */
    static Mix parse(String text) {
        Matcher parts = READ_WRITE.matcher(text);
        if (!parts.matches() || Integer.parseInt(parts.group(1)) + Integer.parseInt(parts.group(2)) != 100) {
            throw new InvalidInputException(
                    "A mix is reads:writes that add up to 100, such as 90:10; this is none: %s. Nothing was done. Correct it."
                            .formatted(text));
        }
        return new Mix(Integer.parseInt(parts.group(1)));
    }

    /** Such as {@code 90:10}. */
    @Override
    public String toString() {
        return readPercent + ":" + (100 - readPercent);
    }
}
