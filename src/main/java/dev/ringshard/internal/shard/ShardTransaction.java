package dev.ringshard.internal.shard;

import dev.ringshard.failure.ContentionException;
import dev.ringshard.failure.OutcomeUnknownException;
import dev.ringshard.failure.SqlFailedException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.Result;
import org.jooq.ResultQuery;
import org.jspecify.annotations.Nullable;

/**
 * A transaction that has begun on one shard. Closing it without {@link #commit()} rolls it back. Confined to one thread
 * at a time.
 */
public final class ShardTransaction implements AutoCloseable {
    private final Shard shard;
    private final Connection connection;
    private final Ending ending;
    private @Nullable DSLContext dsl;
    private @Nullable String mark;
    private boolean ended;
    private boolean hasChangedSession;
    private volatile boolean isGivenBack;
    private Function<Throwable, RuntimeException> translation;

    ShardTransaction(Shard shard, Connection connection, Ending ending) {
        this.shard = shard;
        this.connection = connection;
        this.ending = ending;
        this.translation = shard.failures()::inTransaction;
    }

    /** What is done to a connection before it is given back. */
    @FunctionalInterface
    interface Ending {
        Ending NOTHING = connection -> {};

        void of(Connection connection) throws SQLException;
    }

    private interface Callable<T extends @Nullable Object> {
        T call() throws SQLException;
    }

    /** Work within a transaction; may run more than once, each time from the start. */
    @FunctionalInterface
    public interface Work<T extends @Nullable Object> {
        /** Does the work. What it throws rolls the transaction back. */
        T run(ShardTransaction transaction) throws SQLException;
    }

    /** The shard that this transaction runs on. */
    public Shard shard() {
        return shard;
    }

    /** The transaction's connection; auto-commit is off. Commit, roll back and close belong to this class. */
    public Connection connection() {
        return connection;
    }

    /** jOOQ on {@link #connection()}. */
    public DSLContext dsl() {
        if (dsl == null) {
            dsl = shard.dialect().dsl(connection);
        }
        return dsl;
    }

    /** The same for two transactions only if they reach the same database, however their URLs are spelt. */
    public String databaseIdentity() {
        Dialect dialect = shard.dialect();
        return run(asking -> dialect.jooq() + " "
                + asking.dsl().fetchSingle(dialect.identityQuery()).get(0, String.class));
    }

    /**
     * Notes which transaction of the database this is, where the database may end it under the work and begin another
     * without a word: {@link #commit()} then refuses. To be called once the transaction holds its first lock.
     */
    public void mark() {
        try {
            mark = shard.dialect().transactions().mark(connection);
        } catch (SQLException failure) {
            throw shard.failures().inTransaction(failure);
        }
    }

    /** Notes that what follows are statements of a caller's, whose failures are the caller's. */
    public void beginCallersWork() {
        translation = shard.failures()::ofCaller;
    }

    ShardTransaction translating(Function<Throwable, RuntimeException> failures) {
        translation = failures;
        return this;
    }

    /** Notes that a text has committed; see {@link Shard#forText}. */
    public void endedByText() {
        ended = true;
    }

    /** Notes that a text has begun it, and that the caller's work goes on; see {@link Shard#forText}. */
    public void begunByText(boolean mayWrite) throws SQLException {
        connection.setAutoCommit(false); // which sends nothing: the driver knows that a transaction is open
        if (mayWrite) {
            mark();
        }
        beginCallersWork();
    }

    /** Whether it has begun, a statement of it has failed, and the database takes no other before it is rolled back. */
    public boolean isFailed() throws SQLException {
        return !connection.isClosed() && shard.dialect().transactions().hasGivenUp(connection, null);
    }

    /**
     * Notes that the work may leave something behind in its session, which is taken away before another caller gets it. It may also
     * end the transaction and begin another, so a commit looks whether it is still this one.
     */
    public void changesSession() throws SQLException {
        if (!hasChangedSession) {
            hasChangedSession = true;
            mark = mark == null ? null : shard.dialect().transactions().markExactly(connection, mark);
        }
    }

    /** Notes a failure of a statement that the user of the {@link #connection()} hands on as it is. */
    public void met(Throwable failure) {
        shard.leaveIfReadOnly(failure);
    }

    /** Does part of the work. Its failure is translated, and leaves nothing to do but to close. */
    public <T extends @Nullable Object> T run(Work<T> work) {
        try {
            return work.run(this);
        } catch (SQLException | RuntimeException failure) {
            shard.leaveIfReadOnly(failure);
            throw wasEndedBefore(failure) ? shard.failures().afterEndedWork(failure) : translation.apply(failure);
        }
    }

    private boolean wasEndedBefore(Exception failure) {
        if (mark == null || ended || FailureKind.of(failure) == FailureKind.DISCONNECTED) {
            return false;
        }
        try {
            return shard.dialect().transactions().wasEndedByWork(connection, mark);
        } catch (SQLException lost) {
            failure.addSuppressed(lost);
            return false;
        }
    }

    /**
     * Does part of the work that waits for locks, and gives it up when a statement of it takes longer than so: a lock
     * time-out alone does not bound that, because a database may let many others in, one after the other.
     *
     * @throws ContentionException if it did; there is nothing left to do but to close
     */
    public <T extends @Nullable Object> T runWithin(Duration limit, Work<T> work) {
        return run(inside -> {
            shard.dialect().transactions().limitStatements(connection, limit);
            T result = waiting(() -> work.run(inside));
            shard.dialect().transactions().limitStatements(connection, Transactions.FROZEN_AFTER);
            return result;
        });
    }

    /** Asks several questions; see {@link Transactions#ask}. */
    public List<Result<? extends Record>> ask(List<ResultQuery<? extends Record>> questions) {
        return run(asking -> shard.dialect().transactions().ask(dsl(), connection, questions));
    }

    /**
     * Asks several questions, of which the first waits for locks, and gives up when it takes longer than so; see
     * {@link #runWithin}.
     *
     * @throws ContentionException if it did; there is nothing left to do but to close
     */
    public List<Result<? extends Record>> askWithin(Duration limit, List<ResultQuery<? extends Record>> questions) {
        return run(
                asking -> waiting(() -> shard.dialect().transactions().askWithin(limit, dsl(), connection, questions)));
    }

    /** What takes longer than it may has waited for others. */
    private <T extends @Nullable Object> T waiting(Callable<T> work) throws SQLException {
        try {
            return work.call();
        } catch (SQLException | RuntimeException failure) {
            if (FailureKind.isCancelled(failure)) {
                throw shard.failures().contention(failure);
            }
            throw failure;
        }
    }

    /**
     * Commits.
     *
     * @throws OutcomeUnknownException if no answer came
     * @throws SqlFailedException if a statement had failed and the work went on regardless; nothing was written
     */
    public void commit() {
        if (hasGivenUp()) {
            throw shard.failures().afterSwallowedFailure();
        }
        try {
            connection.commit();
            ended = true;
        } catch (SQLException failure) {
            throw shard.failures().atCommit(failure);
        }
    }

    private boolean hasGivenUp() {
        try {
            return shard.dialect().transactions().hasGivenUp(connection, mark);
        } catch (SQLException failure) {
            throw shard.failures().inTransaction(failure);
        }
    }

    /** After a commit, begins another transaction of a mover on the same connection, with questions. */
    public List<Result<? extends Record>> moveOn(Duration lockTimeout, List<ResultQuery<? extends Record>> questions) {
        ended = false;
        return run(next -> {
            shard.dialect().transactions().endMove(connection);
            shard.compareWithin(connection);
            return shard.dialect().transactions().beginMove(dsl(), connection, lockTimeout, questions);
        });
    }

    /** Ends the connection, with which the database ends the transaction; nothing of it stays. Only to be closed after it. */
    public void discard() {
        ended = true;
        try {
            connection.abort(Runnable::run);
        } catch (SQLException failure) {
            shard.failures().whileClosing(failure);
        }
        isGivenBack = shard.evict(connection);
    }

    /** Rolls back unless committed, and gives the connection back; once. */
    @Override
    public void close() {
        if (isGivenBack) {
            return;
        }
        isGivenBack = true;
        try {
            if (!isBackInPool()) {
                connection.close();
            }
        } catch (SQLException failure) {
            shard.failures().whileClosing(failure);
        }
    }

    /**
     * Ends what is not ended. Nothing is lost by a failure: a connection that cannot roll back is dead, and its database rolls back.
     *
     * @return whether the pool has taken the connection back, and ended it: it must not be closed any more
     */
    private boolean isBackInPool() throws SQLException {
        try {
            if (!ended) {
                ended = true;
                connection.setAutoCommit(false); // as it is, unless a text has begun the transaction
                connection.rollback();
            }
            if (hasChangedSession && shard.cleanse(connection)) {
                return true;
            }
            ending.of(connection);
            return false;
        } catch (SQLException failure) {
            if (!shard.evict(connection)) {
                connection.close();
            }
            throw failure;
        }
    }
}
