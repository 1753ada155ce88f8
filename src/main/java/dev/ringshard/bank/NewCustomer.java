package dev.ringshard.bank;

import dev.ringshard.failure.InvalidInputException;

/**
 * A customer to be created.
 *
 * @param key what the customer is found by and sharded by: 1 to 255 characters
 * @param firstName at most 200 characters; may be empty
 * @param lastName at most 200 characters; may be empty
 * @param balances what the accounts are opened with, each recorded as an entry
 */
public record NewCustomer(String key, String firstName, String lastName, Balances balances) {
    private static final int LONGEST_NAME = 200;

    /** @throws InvalidInputException if a name is too long or holds U+0000 */
    public NewCustomer {
        checkName(firstName, "first");
        checkName(lastName, "last");
    }

    /** A customer who begins with nothing. */
    public NewCustomer(String key, String firstName, String lastName) {
        this(key, firstName, lastName, Balances.ZERO);
    }

    static void checkName(String name, String which) {
        if (name.length() > LONGEST_NAME || name.indexOf('\0') >= 0 || !isWellFormed(name)) {
            throw new InvalidInputException(
                    "The %s name must have at most %d characters, all of them well-formed Unicode and none U+0000. Nothing was written. Correct it."
                            .formatted(which, LONGEST_NAME));
        }
    }

    private static boolean isWellFormed(String text) {
        return text.codePoints()
                .noneMatch(point -> point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE);
    }

    @Override
    public String toString() {
        return "NewCustomer[key=" + key + "]"; // logs must not show a customer's values
    }
}
