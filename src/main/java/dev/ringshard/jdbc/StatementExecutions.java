package dev.ringshard.jdbc;

import dev.ringshard.internal.shard.ShardTransaction;
import java.sql.SQLException;
import java.sql.SQLNonTransientException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * What databases hold for a statement: its newest execution, and one that is asked about itself, each in its connection's transaction or
 * in one of its own, which is given back with it. For one thread at a time, but for {@link #cancel} and {@link #discard}.
 */
final class StatementExecutions {
    private final RoutedConnection connection;
    private final StatementScript script;
    private volatile @Nullable Execution last;
    private volatile @Nullable Execution described;
    private volatile boolean isStarting;

    StatementExecutions(RoutedConnection connection, StatementScript script) {
        this.connection = connection;
        this.script = script;
    }

    /**
     * A statement of the database's that was executed.
     *
     * @param isAlone whether the transaction is this execution's own, and has ended
     * @param isTogether whether what it gives next is not this statement's
     */
    record Execution(ShardTransaction transaction, Statement statement, boolean isAlone, boolean isTogether) {}

    /** The newest execution, also where its transaction has ended since; null if there is none. */
    @Nullable
    Execution newest() {
        return last;
    }

    /** What is to be executed now. */
    void began(ShardTransaction transaction, Statement statement, boolean isAlone) {
        last = new Execution(transaction, statement, isAlone, false);
    }

    /** As {@link #began}, together with the beginning of its transaction. */
    void beganTogether(ShardTransaction transaction, Statement statement, boolean isAlone) {
        last = new Execution(transaction, statement, isAlone, true);
    }

    /** What began together with its transaction is undone, and given back already. */
    void neverBegan() {
        last = null;
    }

    /** Notes whether the connection's transaction is just being begun by an execution. */
    void starting(boolean begins) {
        isStarting = begins;
    }

    /** The statement that executions in this transaction share; null if none was made there. */
    @Nullable
    Statement madeIn(ShardTransaction transaction) {
        Execution known = last;
        return known != null && known.transaction == transaction && !known.isAlone && !known.isTogether
                ? known.statement
                : null;
    }

    /** A statement of the database's to be asked for its metadata: the last one if it has results, otherwise one made for that. */
    Statement described() throws SQLException {
        if (hasResults()) {
            return last();
        }
        Execution known = described;
        if (known != null && isUsable(known)) {
            return known.statement;
        }
        boolean isAlone = connection.getAutoCommit() && !hasLast();
        Execution open = last;
        ShardTransaction transaction = isAlone
                ? connection.transaction().beginAlone(true)
                : hasLast() && open != null
                        ? open.transaction
                        : connection.transaction().running();
        try {
            Statement asked = script.kind().origin().on(transaction.connection());
            described = new Execution(transaction, asked, isAlone, false);
            return asked;
        } catch (SQLException failure) {
            if (isAlone) {
                transaction.close();
            }
            throw connection.transaction().failed(transaction, failure);
        }
    }

    /** Whether its database's connection is still there for it. */
    private boolean isUsable(Execution known) {
        Execution running = last;
        return known.isAlone
                || known.transaction == connection.transaction().current()
                || (running != null && running.isAlone && running.transaction == known.transaction);
    }

    boolean hasResults() {
        Execution known = last;
        return hasLast() && known != null && !known.isTogether;
    }

    boolean hasLast() {
        Execution known = last;
        return known != null && isUsable(known);
    }

    Statement last() throws SQLException {
        Execution known = last;
        if (known == null || !hasLast()) {
            throw new SQLNonTransientException("""
                    This statement holds no result: it was not executed, or its transaction has ended.""", SqlFailures.SEQUENCE);
        }
        return known.statement;
    }

    void cancel() throws SQLException {
        Execution running = last;
        if (running != null) {
            running.statement.cancel();
        }
    }

    /** Gives back what they hold. */
    void giveBack() throws SQLException {
        Execution asked = described;
        Execution known = last;
        described = null;
        last = null;
        try {
            giveBack(asked);
        } finally {
            giveBack(known);
        }
    }

    private static void giveBack(@Nullable Execution known) throws SQLException {
        if (known == null) {
            return;
        }
        try {
            known.statement.close();
        } finally {
            if (known.isAlone) {
                known.transaction.close();
            }
        }
    }

    /** Ends what runs, from another thread. */
    void discard() {
        discard(described);
        discard(last);
    }

    private void discard(@Nullable Execution running) {
        if (running != null && (running.isAlone || isStarting)) {
            running.transaction.discard();
            running.transaction.close();
        }
    }
}
