package dev.ringshard.ring;

import dev.ringshard.failure.InvalidInputException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What the keys of a cluster are, and so how each is written as text before it is hashed. The same key gives the same text
 * however it is handed in: a number or its digits, a UUID or its text in either case.
 */
public enum KeyType {
    /** A text, as it is. */
    TEXT,
    /** A whole number of up to 64 bits, in decimal, without leading zeros. */
    INTEGER,
    /** A UUID, in lower case with hyphens. */
    UUID;

    /** As databases read them: of the digits that Unicode has, only these. */
    private static final Pattern INTEGER_TEXT = Pattern.compile("[+-]?[0-9]+");

    private static final Pattern UUID_TEXT = Pattern.compile("(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    /**
     * A key as text.
     *
     * @param key a text, a whole number, or a {@link java.util.UUID}
     * @throws InvalidInputException if it cannot be a key of this type
     */
    public String canonical(Object key) {
        if (key instanceof Long || key instanceof Integer || key instanceof Short || key instanceof Byte) {
            return accepted(key, this != UUID).toString();
        }
        if (key instanceof java.util.UUID) {
            return accepted(key, this != INTEGER).toString();
        }
        if (key instanceof CharSequence text) {
            return canonicalText(text.toString());
        }
        throw new InvalidInputException(
                "A key is %s; a text, a whole number (Long, Integer, Short or Byte) or a UUID can be a key. Nothing was done."
                        .formatted(
                                key == null
                                        ? "null"
                                        : "of the class " + key.getClass().getName()));
    }

    private String canonicalText(String text) {
        return switch (this) {
            case TEXT -> text;
            case INTEGER -> number(text);
            case UUID -> accepted(text, UUID_TEXT.matcher(text).matches()).toLowerCase(Locale.ROOT);
        };
    }

    private String number(String text) {
        try {
            return Long.toString(
                    Long.parseLong(accepted(text, INTEGER_TEXT.matcher(text).matches())));
        } catch (NumberFormatException tooLarge) {
            return accepted(text, false);
        }
    }

    private <T> T accepted(T key, boolean isAccepted) {
        if (!isAccepted) {
            throw new InvalidInputException(
                    "'%s' cannot be a key here: the keys of this cluster are %s. Nothing was done."
                            .formatted(key, described()));
        }
        return key;
    }

    /** Such as "whole numbers". */
    public String described() {
        return switch (this) {
            case TEXT -> "texts";
            case INTEGER -> "whole numbers";
            case UUID -> "UUIDs";
        };
    }
}
