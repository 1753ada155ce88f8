package dev.ringshard.bank;

import dev.ringshard.failure.InvalidInputException;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Names one movement of money, so that repeating it after a lost answer changes nothing. Unique per customer, for as long as
 * the customer is there: deleting a customer forgets what was done, so let nobody repeat an operation of before.
 *
 * @param value 1 to 100 printable ASCII characters without blanks and {@code #}
 */
public record OperationId(String value) {
    private static final Pattern ALLOWED = Pattern.compile("[!-~&&[^#]]{1,100}");

    /** @throws InvalidInputException if it has other characters or another length */
    public OperationId {
        if (!ALLOWED.matcher(value).matches()) {
            throw new InvalidInputException(
                    "An operation id has 1 to 100 printable ASCII characters, no blanks and no '#'. Nothing was written. Give such an id.");
        }
    }

    /** A new id that no other operation has. Keep it before the call: repeating needs the same. */
    public static OperationId random() {
        return new OperationId(UUID.randomUUID().toString());
    }

    /** The entry of an operation's other account of the same customer, or of what an account was opened with. */
    static String derived(String of, String part) {
        return of + "#" + part;
    }

    @Override
    public String toString() {
        return value;
    }
}
