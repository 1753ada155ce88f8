package dev.ringshard.internal.shard;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.Record1;
import org.jooq.Result;
import org.jooq.ResultQuery;
import org.jspecify.annotations.Nullable;

/**
 * How transactions begin and end on a database, and what tells what became of them. Whatever a method sets is set for the transaction
 * alone, or undone by the method that is named for that. Immutable.
 */
public sealed interface Transactions permits PostgresTransactions, H2Transactions {
    /** So long a mover may do nothing while it holds locks: less than writers wait for a lock, or for a route. */
    Duration FROZEN_AFTER = Duration.ofSeconds(2);

    /** A mover that copies and is silent for longer is taken to be gone; nobody's writes wait for it. */
    Duration GONE_AFTER = Duration.ofSeconds(60);

    /**
     * A condition, always true, of a statement whose transaction need not wait for the disk: a crash of the database may undo it. Where
     * statements {@linkplain Dialect#changesSeveralTables change several tables}.
     */
    String UNHURRIED = "set_config('synchronous_commit', 'off', TRUE) = 'off'";

    /** Begins one that may write, in a text of several statements; where they {@linkplain Dialect#runsStatementsTogether run together}. */
    String BEGIN_WRITING = "BEGIN ISOLATION LEVEL READ COMMITTED";

    /** Makes the transaction about to begin one of another isolation level than its session's. */
    void beginAt(Connection connection, int isolation) throws SQLException;

    /** Makes the transaction about to begin see one snapshot of all tables, and only read. */
    void beginSnapshot(Connection connection) throws SQLException;

    /**
     * A query and an expression as one text that reads both in one snapshot, as {@link #beginSnapshot}, in autocommit and one round
     * trip. Where it fails, the transaction that it has begun is still to be ended. Empty where the database cannot do that.
     *
     * @param check an expression, one text that is not empty
     */
    Optional<SnapshotText> inOneSnapshot(String check, String query);

    /**
     * Makes the transaction about to begin one of a caller's that only reads, in one snapshot, and asks a question in it; in one
     * round trip where that is possible.
     *
     * @param isolation at least REPEATABLE READ is kept
     * @param question a query for one boolean
     * @return the answer
     */
    boolean beginReading(Connection connection, int isolation, String question, List<Long> parameters)
            throws SQLException;

    /** As {@link #beginSnapshot}, of a transaction that may lock rows. */
    void beginLockingSnapshot(Connection connection) throws SQLException;

    /** As {@link #beginSnapshot}, for a mover, whose copy may take as long as it takes. */
    void beginCopy(Connection connection) throws SQLException;

    /** What tells this transaction from the next one of its connection; null where the database does not need it. */
    @Nullable
    String mark(Connection connection) throws SQLException;

    /**
     * As {@link #mark}, once the work may also begin another transaction by a text of its own, where that mark would be the same
     * then. To be called before it does.
     */
    default String markExactly(Connection connection, String mark) throws SQLException {
        return mark;
    }

    /**
     * Whether the database has undone the transaction already, because a statement failed whose failure the work caught:
     * what a commit would store, if anything, is not the work.
     *
     * @param mark what {@link #mark} or {@link #markExactly} gave; null if it was not asked
     */
    boolean hasGivenUp(Connection connection, @Nullable String mark) throws SQLException;

    /**
     * Whether work that has failed had ended its transaction before, as far as that can be seen: what came before is not undone then.
     *
     * @param mark as of {@link #hasGivenUp}
     */
    default boolean wasEndedByWork(Connection connection, @Nullable String mark) throws SQLException {
        return false;
    }

    /**
     * Makes the session of the transaction that has begun one of a mover: it passes the fence on sharded tables, waits
     * for locks no longer than given, does not outlive a mover that freezes, and commits durably whatever the server's
     * default.
     */
    void beginMove(Connection connection, Duration lockTimeout) throws SQLException;

    /** Begins as {@link #beginMove}, and asks several questions, as {@link #ask}. */
    default List<Result<? extends Record>> beginMove(
            DSLContext dsl, Connection connection, Duration lockTimeout, List<ResultQuery<? extends Record>> questions)
            throws SQLException {
        beginMove(connection, lockTimeout);
        return ask(dsl, connection, questions);
    }

    /**
     * As {@link #beginMove}, for what a later mover does again if a crash of the database undoes its commit: that need not wait
     * for the disk.
     */
    default void beginTidying(Connection connection, Duration lockTimeout) throws SQLException {
        beginMove(connection, lockTimeout);
    }

    /** As {@link #beginMove}, for what copies rows, and may be silent for longer: nobody's writes wait for it. */
    default void beginStaging(Connection connection, Duration lockTimeout) throws SQLException {
        beginMove(connection, lockTimeout);
    }

    /** Undoes what {@link #beginMove} has set beyond the transaction, which has ended. */
    void endMove(Connection connection) throws SQLException;

    /** Until the transaction ends, or this is said again, no statement takes longer than so, or as long as it takes if that is zero; not needed on H2. */
    void limitStatements(Connection connection, Duration limit) throws SQLException;

    /**
     * Asks several questions, one after the other, in one round trip where the database has that. Each sees what is committed when
     * its turn comes, or what the transaction sees.
     */
    default List<Result<? extends Record>> ask(
            DSLContext dsl, Connection connection, List<ResultQuery<? extends Record>> questions) throws SQLException {
        return questions.stream()
                .<Result<? extends Record>>map(ResultQuery::fetch)
                .toList();
    }

    /** As {@link #ask}, where the first may take no longer than so; what follows, no longer than a mover may be silent. */
    default List<Result<? extends Record>> askWithin(
            Duration limit, DSLContext dsl, Connection connection, List<ResultQuery<? extends Record>> questions)
            throws SQLException {
        return ask(dsl, connection, questions);
    }

    /** Until the transaction ends, limits that a role or a database sets for its queries do not count; not needed on H2. */
    void liftTimeLimits(Connection connection) throws SQLException;

    /** Whether the database refuses writes in a transaction that only reads. */
    boolean hasReadOnlyTransactions();

    /** From here on the transaction only reads, where the database {@linkplain #hasReadOnlyTransactions has} such transactions. */
    void onlyRead(Connection connection) throws SQLException;

    /**
     * From here on until the transaction ends nothing of the application's acts on rows that are written, nor are foreign keys
     * checked; where the database and its user can.
     */
    default void writeAsReplica(Connection connection) throws SQLException {}

    /**
     * A question whether rows that the transaction replaces may be referred to by others meanwhile: nothing checks or follows foreign
     * keys.
     */
    ResultQuery<Record1<Boolean>> checksNoReferences(DSLContext dsl);

    /**
     * Notes until the transaction ends that a mover copies what was claimed with an epoch. Where a database cannot, none is
     * taken to be alive.
     */
    void announceCopy(Connection connection, long epoch) throws SQLException;

    /** Whether another mover {@linkplain #announceCopy copies} what was claimed with an epoch. */
    boolean isCopied(Connection connection, long epoch) throws SQLException;

    /**
     * Makes the session of the transaction that has begun one that may write to a reference table.
     *
     * @param table with its schema, in the case of letters in which the database keeps names
     */
    void beginReferenceWork(Connection connection, String table) throws SQLException;

    /** Undoes what {@link #beginReferenceWork} has set beyond the transaction, which has ended. */
    default void endReferenceWork(Connection connection) throws SQLException {}
}
