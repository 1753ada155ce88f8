package dev.ringshard.routing;

import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.internal.routes.RoutedCalls;
import dev.ringshard.internal.shard.FailureKind;
import dev.ringshard.internal.shard.GuardedConnection;
import dev.ringshard.internal.shard.ShardTransaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.function.Function;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A transaction on the shard that owns its keys, past the fence: whatever SQL follows for these keys is safe until the
 * commit, which Ringshard does. Confined to the thread that runs the work.
 */
public final class KeyedTransaction {
    private final ShardTransaction transaction;
    private final Function<Object, String> canonical;
    private final Map<String, Long> tokens;
    private @Nullable Connection connection;
    private @Nullable DSLContext dsl;

    KeyedTransaction(ShardTransaction transaction, Function<Object, String> canonical, Map<String, Long> tokens) {
        this.transaction = transaction;
        this.canonical = canonical;
        this.tokens = tokens;
    }

    /**
     * Work in a keyed transaction. What a failure means is read from the SQLSTATE along its causes: a failure of another
     * database that the work lets through, as it is or as a cause, would be taken for one of the shard, and the work be repeated
     * or the shard be asked in vain. Wrap such a failure without its cause.
     */
    @FunctionalInterface
    public interface Work<T extends @Nullable Object> {
        /**
         * Does the work. It may run more than once, each time from the start and on whatever shard then owns the keys:
         * an earlier run was rolled back, but what it did outside of the database is not. What it throws rolls back.
         */
        T run(KeyedTransaction transaction) throws SQLException;
    }

    /**
     * Runs the work. Past the fence, a refusal is not a range that moved, which is looked for elsewhere: the work wrote a row of a key that
     * it had not named.
     */
    <T extends @Nullable Object> T run(Work<T> work) throws SQLException {
        try {
            return work.run(this);
        } catch (SQLException | RuntimeException failure) {
            if (failure instanceof RingshardException || FailureKind.of(failure) != FailureKind.NOT_OWNER) {
                throw failure;
            }
            throw RoutedCalls.strayRow(shard(), failure);
        }
    }

    /** jOOQ on the transaction's connection; its own {@code transaction(…)} is a savepoint of this one. */
    public DSLContext dsl() {
        if (dsl == null) {
            dsl = transaction.shard().dialect().dsl(connection());
        }
        return dsl;
    }

    /**
     * The transaction's connection, auto-commit off. What would end the transaction, as commit, rollback and close, throws
     * {@link InvalidInputException}; savepoints are there to be used. What statements set for their session, as SET does, is
     * taken back before anybody else gets the connection, at the cost of a few round trips; SET LOCAL costs nothing.
     */
    public Connection connection() {
        if (connection == null) {
            connection = GuardedConnection.of(transaction);
        }
        return connection;
    }

    /**
     * The token of one of the transaction's keys: what a stored token column of a row of that key must hold.
     *
     * @throws InvalidInputException if the transaction was not begun for this key
     */
    public long token(Object key) {
        Long token = tokens.get(canonical.apply(key));
        if (token == null) {
            throw new InvalidInputException(
                    "This transaction was begun for %s, not for this key. Nothing was written for it. Name all keys when the transaction begins."
                            .formatted(tokens.size() == 1 ? "another key" : "other keys"));
        }
        return token;
    }

    /** The name of the shard. */
    public String shard() {
        return transaction.shard().name();
    }
}
