package dev.ringshard.internal.shard;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Values of rows, alike from whichever database they come. */
public final class RowValues {
    private RowValues() {}

    /** An insert that also gives columns values which the database would else make. */
    public static String insertion(String table, String columns, String parameters) {
        return "INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE VALUES (%s)".formatted(table, columns, parameters);
    }

    /** As java.time where that is meant: java.sql's classes lose microseconds, hours that clocks skip, and old days. */
    public static @Nullable Object value(ResultSet rows, int column) throws SQLException {
        return switch (rows.getMetaData().getColumnType(column)) {
            case Types.DATE -> rows.getObject(column, LocalDate.class);
            case Types.TIME, Types.TIME_WITH_TIMEZONE ->
                isZoned(rows, column)
                        ? rows.getObject(column, OffsetTime.class)
                        : rows.getObject(column, LocalTime.class);
            case Types.TIMESTAMP, Types.TIMESTAMP_WITH_TIMEZONE ->
                isZoned(rows, column)
                        ? rows.getObject(column, OffsetDateTime.class)
                        : rows.getObject(column, LocalDateTime.class);
            case Types.CLOB -> rows.getString(column);
            case Types.BLOB -> rows.getBytes(column);
            case Types.ARRAY -> elements(rows.getArray(column));
            default -> rows.getObject(column);
        };
    }

    private static @Nullable Object elements(@Nullable Array array) throws SQLException {
        if (array == null) {
            return null;
        }
        return array.getArray();
    }

    /** PostgreSQL's driver gives both kinds of a time the same number. */
    private static boolean isZoned(ResultSet rows, int column) throws SQLException {
        String type = rows.getMetaData().getColumnTypeName(column);
        return type.equals("timestamptz") || type.equals("timetz") || type.endsWith("WITH TIME ZONE");
    }

    /** The same text for the same value, whichever database it comes from. */
    public static String text(@Nullable Object value) {
        if (value == null) {
            return "\0null";
        }
        if (value instanceof BigDecimal number) {
            return number.toPlainString();
        }
        if (value instanceof OffsetDateTime time) {
            return time.withOffsetSameInstant(ZoneOffset.UTC)
                    .truncatedTo(ChronoUnit.MICROS)
                    .toString();
        }
        if (value instanceof byte[] bytes) {
            return HexFormat.of().formatHex(bytes);
        }
        if (value instanceof Object[] array) {
            return Arrays.deepToString(array);
        }
        return value.toString();
    }

    /** Of the texts of a row, each with its length before it. */
    public static long hash(String row) {
        try {
            byte[] md5 = MessageDigest.getInstance("MD5").digest(row.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(md5).getLong();
        } catch (NoSuchAlgorithmException every) {
            throw new IllegalStateException("every Java has MD5", every);
        }
    }
}
