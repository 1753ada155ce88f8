package dev.ringshard.routing;

import dev.ringshard.ownership.OwnershipTables;
import dev.ringshard.shard.ShardTransaction;
import java.sql.Connection;
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

    /** Sorts text alike on every shard, by Unicode code point, so that sorted parts can be merged. */
    public Field<String> codePointOrder(Field<String> text) {
        return transaction.shard().dialect().codePointOrder(text);
    }
}
