package dev.ringshard.internal.shard;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.Objects;
import org.jooq.Configuration;
import org.jooq.Transaction;
import org.jooq.TransactionContext;
import org.jooq.TransactionProvider;
import org.jooq.exception.DataAccessException;

/**
 * jOOQ's {@code dsl.transaction(…)} within a transaction that Ringshard begins and ends: each is a savepoint, so that it never
 * commits what surrounds it.
 */
final class SavepointTransactions implements TransactionProvider {
    private record Begun(Savepoint savepoint) implements Transaction {}

    @FunctionalInterface
    private interface Step {
        void on(Connection connection) throws SQLException;
    }

    @Override
    public void begin(TransactionContext context) {
        run(context, connection -> context.transaction(new Begun(connection.setSavepoint())));
    }

    @Override
    public void commit(TransactionContext context) {
        run(context, connection -> connection.releaseSavepoint(begun(context)));
    }

    @Override
    public void rollback(TransactionContext context) {
        run(context, connection -> connection.rollback(begun(context)));
    }

    private static Savepoint begun(TransactionContext context) {
        return ((Begun) Objects.requireNonNull(context.transaction())).savepoint;
    }

    private static void run(TransactionContext context, Step step) {
        Configuration configuration = context.configuration();
        Connection connection = configuration.connectionProvider().acquire();
        if (connection == null) {
            throw new IllegalStateException("jOOQ was given a connection and has none");
        }
        try {
            step.on(connection);
        } catch (SQLException failure) {
            throw new DataAccessException("The savepoint of a transaction within another one failed.", failure);
        } finally {
            configuration.connectionProvider().release(connection);
        }
    }
}
