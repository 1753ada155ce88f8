package dev.ringshard.verify;

import dev.ringshard.failure.InvalidInputException;
import java.util.Locale;

/**
 * A column of a sharded table whose values are to be unique in the cluster.
 *
 * @param table as in the configuration
 */
public record UniqueColumn(String table, String column) {
    public UniqueColumn {
        table = table.toLowerCase(Locale.ROOT);
        column = column.toLowerCase(Locale.ROOT);
    }

    /**
     * Reads {@code TABLE.COLUMN}, where the table may have its schema before it.
     *
     * @throws InvalidInputException if it is not that
     */
    public static UniqueColumn parse(String text) {
        int dot = text.lastIndexOf('.');
        if (dot < 1 || dot == text.length() - 1) {
            throw new InvalidInputException(
                    "'%s' is no column of a table. Nothing was read. Write TABLE.COLUMN.".formatted(text));
        }
        return new UniqueColumn(text.substring(0, dot), text.substring(dot + 1));
    }

    @Override
    public String toString() {
        return table + "." + column;
    }
}
