package dev.ringshard.internal.shard;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Texts that read rows of PostgreSQL as bytes or texts which say all, and write them, also to another server. Columns come as they are
 * written in SQL.
 */
public record PostgresRows() {
    /** Statements by which a value reads the same on every server, until the transaction ends. */
    public static final String SPEAK_ALIKE =
            "SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle = 'iso_8601'; SET LOCAL timezone = 'UTC';"
                    + " SET LOCAL extra_float_digits = 3; SET LOCAL bytea_output = 'hex'; SET LOCAL lc_monetary = 'C'";

    /** Streams rows out. */
    public String out(String table, List<String> columns, String condition, boolean asText) {
        return "COPY (SELECT %s FROM %s WHERE %s) TO STDOUT (FORMAT %s)"
                .formatted(list(columns), table, condition, format(asText));
    }

    /** Streams rows in. */
    public String in(String table, List<String> columns, boolean asText) {
        return "COPY %s (%s) FROM STDIN (FORMAT %s)".formatted(table, list(columns), format(asText));
    }

    private static String format(boolean asText) {
        return asText ? "TEXT" : "BINARY";
    }

    /**
     * A query for rows in their binary form, and as the text that the table's type reads.
     *
     * @param largest where a row has more bytes, as stored, both are null
     */
    public String reading(String table, List<String> columns, String condition, int largest) {
        String size = columns.stream()
                .map("COALESCE(pg_column_size(%s), 0)"::formatted)
                .collect(Collectors.joining(" + "));
        return "SELECT CASE WHEN %1$s <= %2$d THEN record_send(ROW(%3$s)) END, CASE WHEN %1$s <= %2$d THEN CAST(ringshard_row AS text) END FROM %4$s ringshard_row WHERE %5$s"
                .formatted(size, largest, list(columns), table, condition);
    }

    /** Deletes rows, and gives them in their binary form. */
    public String deleting(String table, List<String> columns, String condition) {
        return "DELETE FROM %s WHERE %s RETURNING record_send(ROW(%s))".formatted(table, condition, list(columns));
    }

    /** Inserts rows, and gives them in their binary form; one parameter, an array of their texts. */
    public String inserting(String table, List<String> columns) {
        return "INSERT INTO %1$s (%2$s) OVERRIDING SYSTEM VALUE SELECT %2$s FROM unnest(CAST(CAST(? AS text[]) AS %1$s[])) RETURNING record_send(ROW(%2$s))"
                .formatted(table, list(columns));
    }

    private static String list(List<String> columns) {
        return String.join(", ", columns);
    }
}
