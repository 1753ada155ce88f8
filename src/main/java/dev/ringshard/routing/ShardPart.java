package dev.ringshard.routing;

import dev.ringshard.ownership.OwnershipTables;
import dev.ringshard.shard.ShardTransaction;
import java.sql.Connection;
import java.sql.SQLException;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;

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

    /** Sorts text alike on every shard, by Unicode code point, so that sorted parts can be merged. */
    public Field<?> codePointOrder(Field<String> text) {
        return transaction.shard().dialect().codePointOrder(text);
    }
}
