package dev.ringshard.bank;

import dev.ringshard.failure.InvalidInputException;
import org.jspecify.annotations.Nullable;

/** One account of one customer. */
public record AccountRef(String key, Account account) {
    /** @throws InvalidInputException if one of the two is missing */
    public AccountRef {
        require(key);
        require(account);
    }

    private static void require(@Nullable Object part) {
        if (part == null) {
            throw new InvalidInputException(
                    "An account is named by a customer's key and by which one it is, and one of the two is missing. Nothing was done.");
        }
    }
}
