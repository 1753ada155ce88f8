package dev.ringshard.routing;

import dev.ringshard.ownership.OwnershipTables;
import dev.ringshard.shard.ShardTransaction;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Iterator;
import java.util.function.Function;
import org.jooq.Condition;
import org.jooq.Cursor;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.ResultQuery;

/** One shard's part of a read over all shards: one snapshot of its tables. Confined to the thread that runs the work. */
public final class ShardPart {
    private static final int SCAN_FETCH_SIZE = 5000;

    private final ShardTransaction transaction;

    ShardPart(ShardTransaction transaction) {
        this.transaction = transaction;
    }

    /** Work on one shard's part; runs again when rows moved in the meantime. It may only read. */
    @FunctionalInterface
    public interface Work<T> {
        /** Reads; every query of a sharded table must contain {@link ShardPart#visible}. */
        T run(ShardPart part) throws SQLException;
    }

    /** Reads one row; must not move the result set. */
    @FunctionalInterface
    public interface RowConsumer {
        /** Takes columns by name or by position. */
        void accept(ResultSet row) throws SQLException;
    }

    /** Does work on this part; what a database says against it comes as Ringshard's own failure. */
    public <T> T run(Work<T> work) {
        return transaction.run(inside -> work.run(this));
    }

    /** The name of the shard. */
    public String shard() {
        return transaction.shard().name();
    }

    /** jOOQ on the part's snapshot. */
    public DSLContext dsl() {
        return transaction.dsl();
    }

    /** The connection that the snapshot is read through. */
    public Connection connection() {
        return transaction.connection();
    }

    /** Leaves out rows that are on the shard but not its own: staged by a handover, or left behind by one. */
    public Condition visible(Field<Long> ringToken) {
        return OwnershipTables.visible(transaction.dsl(), ringToken);
    }

    /** Rows of a query, fetched as they are asked for; give the query a fetch size. */
    public <R extends Record, T> Iterator<T> iterate(ResultQuery<R> query, Function<? super R, T> reader) {
        Cursor<R> cursor = transaction.run(inside -> query.fetchLazy());
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return transaction.run(inside -> cursor.hasNext());
            }

            @Override
            public T next() {
                return transaction.run(inside -> reader.apply(cursor.iterator().next()));
            }
        };
    }

    /**
     * Tells every row of a query, fetched as they are told: in constant memory on PostgreSQL, and on H2 as far as its
     * result is on disk. For plain reads of many rows; jOOQ's records would cost more than the rows.
     *
     * @param sql with parameters as {@code ?}
     */
    public void scan(String sql, RowConsumer consumer, Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection().prepareStatement(sql)) {
            statement.setFetchSize(SCAN_FETCH_SIZE);
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    consumer.accept(rows);
                }
            }
        }
    }

    /** About how many rows of a table are on the shard, whoever's they are; counts nothing. */
    public long estimatedRows(String table) throws SQLException {
        return transaction.shard().dialect().estimatedRows(connection(), table);
    }

    /** Sorts text alike on every shard, by Unicode code point, so that sorted parts can be merged. */
    public Field<String> codePointOrder(Field<String> text) {
        return transaction.shard().dialect().codePointOrder(text);
    }
}
