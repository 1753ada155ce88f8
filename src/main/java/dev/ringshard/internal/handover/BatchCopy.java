package dev.ringshard.internal.handover;

import dev.ringshard.internal.shard.RowValues;
import dev.ringshard.internal.shard.ShardTransaction;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Batches of inserts, between any two databases. */
record BatchCopy() implements RowCopy {
    private static final int BATCH = 1000;

    @Override
    public RowDigest copy(ShardTransaction source, ShardTransaction target, TableColumns table, RowSelection rows)
            throws SQLException {
        String insert = RowValues.insertion(table.table(), table.list(), table.placeholders());
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
                    Object value = RowValues.value(rows, i);
                    row.add(value);
                    String text = RowValues.text(value);
                    texts.append(text.length()).append(':').append(text); // lengths, so that values cannot run together
                }
                count++;
                sum += RowValues.hash(texts.toString());
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
}
