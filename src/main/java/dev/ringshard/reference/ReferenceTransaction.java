package dev.ringshard.reference;

import dev.ringshard.internal.shard.GuardedConnection;
import dev.ringshard.internal.shard.ShardTransaction;
import java.sql.Connection;
import java.sql.SQLException;
import org.jooq.DSLContext;

/** A transaction that may write to one reference table. Confined to the thread that runs the work. */
public final class ReferenceTransaction {
    private final ShardTransaction transaction;
    private final Connection connection;
    private final DSLContext dsl;

    ReferenceTransaction(ShardTransaction transaction) {
        this.transaction = transaction;
        this.connection = GuardedConnection.of(transaction);
        this.dsl = transaction.shard().dialect().dsl(connection);
    }

    /** Work that changes a reference table. */
    @FunctionalInterface
    public interface Work {
        /**
         * Does the work. It may run more than once, each time from the start: an earlier run was rolled back, but what it did outside of
         * the database is not. What it throws rolls back.
         */
        void run(ReferenceTransaction transaction) throws SQLException;
    }

    /** jOOQ on the transaction's connection. */
    public DSLContext dsl() {
        return dsl;
    }

    /** The transaction's connection, auto-commit off. What would end the transaction is refused. */
    public Connection connection() {
        return connection;
    }

    /** The name of the shard, which is the table's home. */
    public String shard() {
        return transaction.shard().name();
    }
}
