package dev.ringshard.internal.handover;

import dev.ringshard.internal.shard.ShardTransaction;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Array;
import java.sql.PreparedStatement;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Batches of inserts, between any two databases. */
record BatchCopy() implements RowCopy {
    private static final int BATCH = 1000;

    @Override
    public RowDigest copy(ShardTransaction source, ShardTransaction target, TableColumns table, RowSelection rows)
            throws SQLException {
        String insert = "INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE VALUES (%s)"
                .formatted(table.table(), table.list(), table.placeholders());
        try (PreparedStatement write = target.connection().prepareStatement(insert)) {
            RowDigest sent = read(source, table, rows, new Batches(write));
            write.executeBatch();
            return sent;
        }
    }

    private interface Consumer {
        void accept(List<@Nullable Object> row) throws SQLException;
    }

    private static final class Batches implements Consumer {
        private final PreparedStatement write;
        private int waiting;

        private Batches(PreparedStatement write) {
            this.write = write;
        }

        @Override
        public void accept(List<@Nullable Object> row) throws SQLException {
            for (int i = 0; i < row.size(); i++) {
                write.setObject(i + 1, row.get(i));
            }
            write.addBatch();
            if (++waiting == BATCH) {
                write.executeBatch();
                waiting = 0;
            }
        }
    }

    /** Between databases of two kinds, types have other names. */
    @Override
    public boolean canCopy(TableColumns source, TableColumns target) {
        return true;
    }

    @Override
    public RowDigest summary(ShardTransaction shard, TableColumns table, RowSelection rows) throws SQLException {
        return read(shard, table, rows, row -> {});
    }

    private static RowDigest read(ShardTransaction shard, TableColumns table, RowSelection selection, Consumer consumer)
            throws SQLException {
        long count = 0;
        long sum = 0;
        int columns = table.columns().size();
        try (PreparedStatement read = select(shard, table, selection);
                ResultSet rows = read.executeQuery()) {
            while (rows.next()) {
                List<@Nullable Object> row = new ArrayList<>();
                StringBuilder texts = new StringBuilder();
                for (int i = 1; i <= columns; i++) {
                    Object value = value(rows, i);
                    row.add(value);
                    String text = text(value);
                    texts.append(text.length()).append(':').append(text); // lengths, so that values cannot run together
                }
                count++;
                sum += hash(texts.toString());
                consumer.accept(row);
            }
        }
        return new RowDigest(count, sum);
    }

    private static PreparedStatement select(ShardTransaction shard, TableColumns table, RowSelection rows)
            throws SQLException {
        PreparedStatement select = shard.connection()
                .prepareStatement("SELECT %s FROM %s WHERE %s"
                        .formatted(
                                table.list(),
                                table.table(),
                                rows.in(table, shard.shard().dialect())));
        select.setFetchSize(BATCH);
        return select;
    }

    /** As java.time where that is meant: java.sql's classes lose microseconds, hours that clocks skip, and old days. */
    private static @Nullable Object value(ResultSet rows, int column) throws SQLException {
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
    private static String text(@Nullable Object value) {
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

    private static long hash(String row) {
        try {
            byte[] md5 = MessageDigest.getInstance("MD5").digest(row.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(md5).getLong();
        } catch (NoSuchAlgorithmException every) {
            throw new IllegalStateException("every Java has MD5", every);
        }
    }
}
