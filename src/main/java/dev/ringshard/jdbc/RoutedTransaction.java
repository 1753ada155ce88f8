package dev.ringshard.jdbc;

import dev.ringshard.failure.RingshardException;
import dev.ringshard.internal.shard.FailureKind;
import dev.ringshard.internal.shard.ShardTransaction;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLNonTransientException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The transactions of a connection, one after the other. Each begins with its first statement, on the shard that owns the key, and
 * gives the database's connection back at its end. For one thread at a time, but for {@link #discard}.
 */
final class RoutedTransaction {
    private final RoutedConnection connection;
    private final OwnerTransactions owners;
    private final ConnectionSettings settings;
    private @Nullable ShardKey key;
    private boolean isOfThread;
    private @Nullable ShardKey keyOfTransaction;
    private volatile @Nullable ShardTransaction transaction;
    private boolean isLost;

    /**
     * @param key empty for one that is still to be given
     * @param isOfThread whether the key is that of the thread, or, if it has none, the one that it has when a transaction begins
     */
    RoutedTransaction(
            RoutedConnection connection,
            OwnerTransactions owners,
            ConnectionSettings settings,
            @Nullable ShardKey key,
            boolean isOfThread) {
        this.connection = connection;
        this.owners = owners;
        this.settings = settings;
        this.key = key;
        this.isOfThread = isOfThread;
    }

    /** Works for another key from the next transaction on. */
    void setKey(@Nullable ShardKey next) {
        key = next;
        isOfThread = false;
    }

    /** The key that it was given, for messages. */
    String keyText() {
        return key == null ? "[]" : key.toString();
    }

    /** Whether a shard says in time that it owns a key. */
    boolean isOwned(ShardKey asked, @Nullable Duration limit) throws SQLException {
        return owners.isOwned(asked, limit);
    }

    /** The transaction that has begun; null before its first statement, and in autocommit. */
    @Nullable
    ShardTransaction current() {
        return transaction;
    }

    /** The transaction, which begins with the first call. */
    ShardTransaction running() throws SQLException {
        connection.requireOpen();
        if (isLost) {
            throw new SQLNonTransientException(
                    "The connection to the shard was lost in this transaction. Nothing of it was written. Roll back, and repeat it.",
                    SqlFailures.FAILED_TRANSACTION);
        }
        ShardKey next = key();
        ShardTransaction begun = transaction;
        if (begun == null) {
            begun = beginAlone(settings.readOnly());
            keyOfTransaction = next;
            take(begun);
        }
        return begun;
    }

    /** Whether a transaction may begin with the next statement. */
    boolean mayBegin() {
        return transaction == null && !isLost;
    }

    /** Goes on in a transaction that a statement has begun on the owner of the key. */
    void begun(ShardTransaction withStatement) throws SQLException {
        if (!connection.isClosed()) {
            keyOfTransaction = key();
        }
        take(withStatement);
    }

    /** INVARIANT: a thread that aborts the connection finds the transaction here, or the transaction finds that it is closed. */
    private void take(ShardTransaction begun) throws SQLException {
        transaction = begun;
        if (connection.isClosed()) {
            end(begun);
            connection.requireOpen();
        }
    }

    /** Begins a transaction of its own, which the caller closes. */
    ShardTransaction beginAlone(boolean reads) throws SQLException {
        ShardTransaction begun = owners.begin(key(), reads, settings.isolation());
        try {
            connection.requireOpen(); // which another thread may have aborted meanwhile
            settings.apply(begun);
            return begun;
        } catch (SQLException failure) {
            begun.close();
            throw failure;
        }
    }

    /** Whether a statement has a key to work for. */
    boolean hasKey() {
        return key != null || (isOfThread && ShardKey.bound().isPresent());
    }

    TogetherStatement.Ending together(TogetherStatement statement) throws SQLException {
        return owners.onOwner(
                        key(),
                        // a statement that is lost with its connection is repeated, but not on one that was aborted
                        (owner, token) ->
                                connection.isClosed() ? TogetherStatement.Ending.IN_STEPS : statement.on(owner, token))
                .orElse(TogetherStatement.Ending.IN_STEPS);
    }

    /** The key for which the next statement works. */
    private ShardKey key() throws SQLException {
        connection.requireOpen();
        ShardKey ofThread = isOfThread ? ShardKey.bound().orElse(null) : null;
        ShardKey known = keyOfTransaction != null ? keyOfTransaction : key != null ? key : ofThread;
        if (known == null) {
            throw new SQLNonTransientConnectionException("""
                    This connection has no key, so nobody knows on which shard it is to work. Nothing was done. Call within \
                    ShardKey.with(key, …), build it by createConnectionBuilder().shardingKey(key).build(), or call \
                    setShardingKey first.""", SqlFailures.NO_CONNECTION);
        }
        if (ofThread != null && !known.covers(ofThread) && !owners.covers(known, ofThread)) {
            throw SqlFailures.transactionState("""
                    The thread works for another key now than when this connection was got, so the rows that are meant may be on \
                    another shard. The statement was not run. Get a connection within the inner work, in a transaction of its \
                    own; or name all keys outside: ShardKey.with(List.of(…), …).""");
        }
        return known;
    }

    /** Notes if a statement may leave something behind in the session. */
    void notePossibleSessionChange(ShardTransaction begun, @Nullable String sql, boolean calls) throws SQLException {
        if (calls || (sql != null && begun.shard().dialect().mayChangeSession(sql))) {
            begun.changesSession();
        }
    }

    /** What a failure of the database's means to the caller. */
    SQLException failed(ShardTransaction failing, SQLException failure) {
        failing.met(failure);
        return switch (FailureKind.of(failure)) {
            case NOT_OWNER -> SqlFailures.strayRow(failing.shard().name(), failure);
            case DISCONNECTED -> {
                isLost |= failing == transaction;
                yield SqlFailures.lost(failing.shard().name(), failure);
            }
            case CONTENTION, READ_ONLY, DUPLICATE, OUT_OF_RANGE, DENIED, RESTORED, OTHER -> failure;
        };
    }

    /** Fails if a transaction has begun, or the connection is closed. */
    void requireNone(String what) throws SQLException {
        connection.requireOpen();
        if (transaction != null) {
            throw SqlFailures.transactionState(
                    "%s cannot change within a transaction. Nothing was changed. Commit or roll back first."
                            .formatted(what));
        }
    }

    /** Commits what was done since the last end, if anything was. */
    void commit() throws SQLException {
        ShardTransaction ending = transaction;
        if (ending == null) {
            return;
        }
        boolean wasLost = isLost;
        try {
            if (wasLost) {
                throw SqlFailures.lost(ending.shard().name(), null);
            }
            ending.commit();
        } catch (RingshardException failure) {
            throw SqlFailures.of(failure);
        } finally {
            end(ending);
        }
    }

    /** Undoes what was done since the last end. */
    void rollback() {
        ShardTransaction ending = transaction;
        if (ending != null) {
            end(ending);
        }
    }

    private void end(ShardTransaction ending) {
        transaction = null;
        keyOfTransaction = null;
        isLost = false;
        ending.close();
    }

    /** Ends it for another thread, which aborts the connection. */
    void discard() {
        ShardTransaction running = transaction;
        transaction = null;
        if (running != null) {
            running.discard();
            running.close();
        }
    }

    /** Asks the database only within a transaction: between two there is no connection that could have been lost. */
    boolean isValid(int timeout) throws SQLException {
        ShardTransaction begun = transaction;
        return !isLost && (begun == null || begun.connection().isValid(timeout));
    }

    /** What the database answers in the transaction, which begins with it if it has not. */
    <T extends @Nullable Object> T ask(SessionConnection.Question<T> question) throws SQLException {
        ShardTransaction begun = running();
        try {
            return question.of(begun.connection());
        } catch (SQLException failure) {
            throw failed(begun, failure);
        }
    }
}
