package dev.ringshard.internal.doctor;

import dev.ringshard.failure.InvalidInputException;
import java.util.Locale;

/**
 * A column of a table, in lower case.
 *
 * @param table with or without a schema
 */
public record TableColumn(String table, String column) {

    /**
     * Such as {@code tenants.id} or {@code shop.tenants.id}.
     *
     * @throws InvalidInputException if it is nothing of the kind
     */
    public static TableColumn parse(String text) {
        int dot = text.lastIndexOf('.');
        if (dot <= 0 || dot == text.length() - 1) {
            throw new InvalidInputException(
                    "'%s' names no column of a table: TABLE.COLUMN is needed, such as tenants.id.".formatted(text));
        }
        String lower = text.toLowerCase(Locale.ROOT);
        return new TableColumn(lower.substring(0, dot), lower.substring(dot + 1));
    }

    @Override
    public String toString() {
        return table + "." + column;
    }
}
