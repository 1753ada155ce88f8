package dev.ringshard.internal.handover;

import dev.ringshard.internal.handover.ChunkRows.MovedTable;
import dev.ringshard.internal.handover.ChunkRows.Portion;
import dev.ringshard.internal.handover.RowCopy.Replaced;
import dev.ringshard.internal.shard.Dialect;
import dev.ringshard.internal.shard.PostgresRows;
import dev.ringshard.internal.shard.ShardTransaction;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Rows that PostgreSQL reads in one round trip and stores in another, as texts, where a COPY takes several for each table. That
 * the texts say all is compared by the binary forms.
 *
 * @param portions of one table each
 */
record PostgresFewRows(List<Portion> portions, Dialect dialect, PostgresRows sql) {
    /** Bytes as stored, which may be compressed. A row as a text is held in memory, more than once. */
    private static final int LARGEST_ROW = 64 << 10;

    PostgresFewRows {
        portions = List.copyOf(portions);
    }

    /**
     * A row of the source.
     *
     * @param hash of its binary form
     * @param text as its table's type reads it
     */
    private record Row(long hash, String text) {}

    /** As {@link RowCopy#replaceFew}. */
    Optional<List<Replaced>> replace(ShardTransaction source, ShardTransaction target) throws SQLException {
        if (!portions.stream().map(PostgresFewRows::table).allMatch(PostgresFewRows::canReplace)) {
            return Optional.empty();
        }
        Optional<List<List<Row>>> rows = source.run(reading -> read(reading.connection()));
        return rows.isEmpty() ? Optional.empty() : Optional.of(replace(target.connection(), rows.get()));
    }

    private static boolean canReplace(MovedTable table) {
        return table.hasAlikeRows() && table.hiddenCounters().isEmpty();
    }

    /** Empty if one is large. */
    private Optional<List<List<Row>>> read(Connection source) throws SQLException {
        List<List<Row>> all = new ArrayList<>();
        try (PreparedStatement reading = source.prepareStatement(together(portions.stream()
                .map(portion -> sql.reading(
                        table(portion).columns().table(),
                        table(portion).columns().columns(),
                        condition(portion),
                        LARGEST_ROW))
                .toList()))) {
            for (Answers answers = new Answers(reading); answers.next(); ) {
                List<Row> rows = new ArrayList<>();
                while (answers.current().next()) {
                    byte[] binary = answers.current().getBytes(1);
                    if (binary == null) {
                        return Optional.empty();
                    }
                    rows.add(new Row(hash(binary), answers.current().getString(2)));
                }
                all.add(rows);
            }
        }
        return Optional.of(all);
    }

    private List<Replaced> replace(Connection target, List<List<Row>> rows) throws SQLException {
        List<String> statements = new ArrayList<>();
        for (Portion portion : portions) {
            TableColumns table = table(portion).columns();
            statements.add(sql.deleting(table.table(), table.columns(), condition(portion)));
        }
        for (Portion portion : portions) {
            TableColumns table = table(portion).columns();
            statements.add(sql.inserting(table.table(), table.columns()));
        }
        portions.forEach(portion ->
                table(portion).counters().forEach(counter -> statements.add(counter.formatted(condition(portion)))));
        List<RowDigest> stored = new ArrayList<>();
        try (PreparedStatement replacing = target.prepareStatement(together(statements))) {
            for (int i = 0; i < rows.size(); i++) {
                replacing.setArray(
                        i + 1,
                        target.createArrayOf(
                                "text", rows.get(i).stream().map(Row::text).toArray()));
            }
            Answers answers = new Answers(replacing);
            while (stored.size() < 2 * portions.size() && answers.next()) {
                stored.add(digest(answers.current()));
            }
        }
        List<Replaced> replaced = new ArrayList<>();
        for (int i = 0; i < portions.size(); i++) {
            RowDigest sent = digest(rows.get(i).stream().map(Row::hash).toList());
            replaced.add(new Replaced(stored.get(i), sent, stored.get(portions.size() + i)));
        }
        return replaced;
    }

    private static String together(List<String> statements) {
        return PostgresRows.SPEAK_ALIKE + "; " + String.join("; ", statements);
    }

    private static MovedTable table(Portion portion) {
        return portion.tables().get(0);
    }

    private String condition(Portion portion) {
        return portion.rows().in(table(portion).columns(), dialect);
    }

    private static RowDigest digest(ResultSet rows) throws SQLException {
        List<Long> hashes = new ArrayList<>();
        while (rows.next()) {
            hashes.add(hash(rows.getBytes(1)));
        }
        return digest(hashes);
    }

    private static RowDigest digest(List<Long> rows) {
        return new RowDigest(
                rows.size(), rows.stream().mapToLong(Long::longValue).sum());
    }

    private static long hash(byte[] binary) {
        return PostgresCopy.hash(copied(binary), 0);
    }

    /**
     * A row as a binary COPY sends it: a count of 16 bits, and of each column length and value. As a record it has a count of
     * 32 bits, and each column's type before its length.
     */
    static byte[] copied(byte[] sent) {
        ByteBuffer from = ByteBuffer.wrap(sent);
        int columns = from.getInt();
        ByteBuffer to = ByteBuffer.allocate(sent.length - Integer.BYTES + Short.BYTES - columns * Integer.BYTES);
        to.putShort((short) columns);
        for (int i = 0; i < columns; i++) {
            from.getInt();
            int length = from.getInt();
            to.putInt(length);
            if (length > 0) {
                to.put(from.slice().limit(length));
                from.position(from.position() + length);
            }
        }
        return to.array();
    }

    /** The results of a text of several statements, without what returns none. */
    private static final class Answers {
        private final PreparedStatement statement;
        private boolean hasBegun;
        private @Nullable ResultSet current;

        private Answers(PreparedStatement statement) {
            this.statement = statement;
        }

        private boolean next() throws SQLException {
            boolean isAnswer = hasBegun ? statement.getMoreResults() : statement.execute();
            hasBegun = true;
            while (!isAnswer && statement.getUpdateCount() >= 0) {
                isAnswer = statement.getMoreResults();
            }
            current = isAnswer ? statement.getResultSet() : null;
            return isAnswer;
        }

        private ResultSet current() {
            return Objects.requireNonNull(current);
        }
    }
}
