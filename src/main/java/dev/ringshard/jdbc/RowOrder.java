package dev.ringshard.jdbc;

import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.internal.shard.CodePoints;
import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLNonTransientException;
import java.sql.Timestamp;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The order of rows by some of their columns, as databases have it; without columns, all rows are alike. */
record RowOrder(List<Column> columns) {
    private static final Pattern COLUMN = Pattern.compile(
            "\\s*(\\S.*?)(?:\\s+(ASC|DESC))?(?:\\s+NULLS\\s+(FIRST|LAST))?\\s*", Pattern.CASE_INSENSITIVE);

    /** @param nullsFirst null where the database decides */
    record Column(String label, boolean descends, @Nullable Boolean nullsFirst) {
        boolean putsNullsFirst(boolean nullsAreHigh) {
            return nullsFirst == null ? nullsAreHigh == descends : nullsFirst;
        }
    }

    RowOrder {
        columns = List.copyOf(columns);
    }

    static RowOrder of(List<String> columns) {
        return new RowOrder(columns.stream().map(RowOrder::column).toList());
    }

    private static Column column(String text) {
        Matcher parts = COLUMN.matcher(text);
        if (!parts.matches()) {
            throw new InvalidInputException(
                    "\"%s\" names no column to order rows by. Nothing was done. Write its label, such as \"name\" or \"id DESC\"."
                            .formatted(text));
        }
        String nulls = parts.group(3);
        return new Column(
                parts.group(1),
                "DESC".equalsIgnoreCase(parts.group(2)),
                nulls == null
                        ? null
                        : Boolean.valueOf(nulls.toUpperCase(Locale.ROOT).equals("FIRST")));
    }

    boolean isOfRows() {
        return !columns.isEmpty();
    }

    /** What the current row is ordered by. */
    @Nullable
    Object[] values(ResultSet row) throws SQLException {
        @Nullable Object[] values = new Object[columns.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = value(row, columns.get(i).label());
        }
        return values;
    }

    /** One without a time zone must not pass through that of this machine, where some hours are missing and some come twice. */
    private static @Nullable Object value(ResultSet row, String label) throws SQLException {
        Object value = row.getObject(label);
        return value instanceof Timestamp
                        && "timestamp".equalsIgnoreCase(row.getMetaData().getColumnTypeName(row.findColumn(label)))
                ? row.getObject(label, LocalDateTime.class)
                : value;
    }

    /** @param nullsAreHigh whether the database takes a null for the largest value, or else for the least */
    int compare(@Nullable Object[] one, @Nullable Object[] other, boolean nullsAreHigh) throws SQLException {
        for (int i = 0; i < columns.size(); i++) {
            int difference = compare(columns.get(i), one[i], other[i], nullsAreHigh);
            if (difference != 0) {
                return difference;
            }
        }
        return 0;
    }

    private static int compare(Column column, @Nullable Object one, @Nullable Object other, boolean nullsAreHigh)
            throws SQLException {
        if (one == null || other == null) {
            int nullLast = Boolean.compare(one == null, other == null);
            return column.putsNullsFirst(nullsAreHigh) ? -nullLast : nullLast;
        }
        int difference = compare(column, one, other);
        return column.descends() ? -Integer.signum(difference) : difference;
    }

    @SuppressWarnings("unchecked") // of the same class, which compares with itself
    private static int compare(Column column, Object one, Object other) throws SQLException {
        if (one instanceof String text && other instanceof String than) {
            return CodePoints.compare(text, than);
        }
        if (one instanceof UUID id && other instanceof UUID than) {
            return Arrays.compareUnsigned(bytes(id), bytes(than));
        }
        if (one instanceof byte[] bytes && other instanceof byte[] than) {
            return Arrays.compareUnsigned(bytes, than);
        }
        if (one instanceof Double number && other instanceof Double than) {
            return number.doubleValue() == than.doubleValue() ? 0 : number.compareTo(than); // 0 and -0 are equal
        }
        if (one instanceof Float number && other instanceof Float than) {
            return number.floatValue() == than.floatValue() ? 0 : number.compareTo(than);
        }
        if (one instanceof OffsetDateTime moment && other instanceof OffsetDateTime than) {
            return moment.toInstant().compareTo(than.toInstant());
        }
        if (one instanceof Comparable<?> && one.getClass() == other.getClass()) {
            return ((Comparable<Object>) one).compareTo(other);
        }
        throw SqlFailures.notSupported(
                "Rows cannot be ordered by the column %s, whose values are of %s. Nothing more is returned. Order by a number, text, date, time, UUID or bytes."
                        .formatted(column.label(), one.getClass().getName()));
    }

    private static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }

    /** A shard gave a row that belongs before the one that it gave before. */
    SQLException broken(String shard) {
        return new SQLNonTransientException(
                """
                Shard %s does not give its rows in the order %s in which those of all shards are to be merged. Nothing more is \
                returned. Let the query say ORDER BY with the same columns; texts by their code points, on PostgreSQL COLLATE "C".""".formatted(shard, columns.stream().map(Column::label).toList()), SqlFailures.INVALID);
    }
}
