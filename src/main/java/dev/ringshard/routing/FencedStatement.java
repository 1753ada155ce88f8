package dev.ringshard.routing;

import dev.ringshard.failure.CorruptionException;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.NoOwnerException;
import dev.ringshard.failure.OutcomeUnknownException;
import dev.ringshard.internal.fence.Fence;
import dev.ringshard.internal.fence.OwnedTransaction;
import dev.ringshard.internal.routing.RowWritingStatement;
import dev.ringshard.internal.shard.Fencing;
import dev.ringshard.internal.shard.Shard;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One statement that enters the fence and commits by itself. On PostgreSQL all of that is one round trip: the driver
 * sends both statements of {@code enter; statement} with one Sync, and the server runs them as one transaction.
 * Immutable; make it once and keep it.
 */
public final class FencedStatement {
    private final Entering entering;
    private final String sql;
    private final String table;
    private final String enteringOne;
    private final String enteringMany;

    /** How a statement enters. */
    private enum Entering {
        FIRST,
        FIRST_IF_IT_RUNS,
        BY_TRIGGER_IF_IT_RUNS,
        BY_TRIGGER_OR_AGAIN;

        /** Whether the caller has steps for databases that do not take it. */
        boolean hasSteps() {
            return this == FIRST_IF_IT_RUNS || this == BY_TRIGGER_IF_IT_RUNS;
        }
    }

    private FencedStatement(Entering entering, String sql) {
        this(entering, sql, "");
    }

    /** @param table that the statement writes to; empty if that is not known */
    private FencedStatement(Entering entering, String sql, String table) {
        this.table = table;
        this.entering = entering;
        this.sql = sql;
        this.enteringOne = Fence.ENTER + "; " + sql;
        this.enteringMany = Fencing.ENTER_ALL + "; " + sql;
    }

    /** A fenced form of one statement; parameters as {@code ?}. */
    public static FencedStatement of(String sql) {
        return new FencedStatement(Entering.FIRST, sql);
    }

    /**
     * One INSERT, UPDATE or DELETE of rows of its key in one sharded table, which reads nothing but these rows: on PostgreSQL it is
     * sent alone, as the table's own trigger refuses rows that are not the shard's, and saves a look-up for each call. Only if it
     * changed no row it is sent once more as that of {@link #of}: perhaps the rows are elsewhere by now. On H2 as {@link #of}.
     *
     * <p>Why it must read nothing else: until its first row is written the shard has not checked its ownership, so what it reads of other
     * rows may have been changed on another shard since. A text that names another table, or has a subquery, is refused, and so is
     * a table without a fence that is at work. What no text tells is the caller's word:
     *
     * <ul>
     *   <li>all rows that it changes are of the key of the call;
     *   <li>no function, default or policy of the application's in it reads tables, and no BEFORE trigger whose name comes before
     *       {@code ringshard_fence};
     *   <li>it may run twice if it changes no row the first time: a trigger for each statement fires twice then.
     * </ul>
     *
     * For several keys it is as {@link #of}.
     *
     * @throws InvalidInputException if the text says more than that
     */
    public static FencedStatement ofRows(String sql) {
        RowsStatement rows = RowsStatement.of(sql);
        return new FencedStatement(Entering.BY_TRIGGER_OR_AGAIN, rows.sql(), rows.table());
    }

    /**
     * As {@link #ofSeveralTables}, cheaper by a look-up: the trigger of the row that is written enters. Where none is written, the
     * answer means nothing, as nothing has asked whether the shard owns the token.
     */
    public static FencedStatement byTrigger(RowWritingStatement statement) {
        return new FencedStatement(Entering.BY_TRIGGER_IF_IT_RUNS, statement.sql());
    }

    /**
     * As {@link #of}, of a statement that may change rows of several tables, as by {@code WITH changed AS (UPDATE … RETURNING …)
     * INSERT …}. On a database where no statement can, such as H2, nothing is run, and there are no rows: the caller takes its steps.
     */
    public static FencedStatement ofSeveralTables(String sql) {
        return new FencedStatement(Entering.FIRST_IF_IT_RUNS, sql);
    }

    /**
     * Runs an INSERT, UPDATE or DELETE.
     *
     * @param tokens ascending, as everybody enters several
     * @return how many rows it changed
     * @throws NoOwnerException if the shard does not own the tokens; nothing was done
     * @throws OutcomeUnknownException if the connection was lost after it was sent
     */
    int update(Shard shard, List<Long> tokens, @Nullable Object... parameters) {
        return run(shard, tokens, PreparedStatement::getUpdateCount, count -> count == 0, 0, parameters);
    }

    /**
     * Runs a statement that returns rows, such as {@code UPDATE … RETURNING} on PostgreSQL.
     *
     * @param tokens ascending, as everybody enters several
     * @param reader must not fail: on PostgreSQL the statement is committed before it reads
     * @throws InvalidInputException if it failed, or there are no rows to read; the message says what was done
     * @throws NoOwnerException if the shard does not own the tokens; nothing was done
     * @throws OutcomeUnknownException if the connection was lost after it was sent
     */
    <T> List<T> query(Shard shard, List<Long> tokens, RowReader<T> reader, @Nullable Object... parameters) {
        return run(shard, tokens, statement -> rows(statement, reader), List::isEmpty, List.of(), parameters);
    }

    /** Reads what a statement gave: a count, or rows. */
    private interface ResultReader<T> {
        T of(PreparedStatement statement) throws SQLException;
    }

    /** @param nothing whether an answer says that no row was changed */
    private <T> T run(
            Shard shard,
            List<Long> tokens,
            ResultReader<T> result,
            Predicate<T> nothing,
            T otherwise,
            @Nullable Object... parameters) {
        boolean mayChangeSession = shard.dialect().mayChangeSession(sql);
        if (shard.dialect().fencing().entersByTrigger()) {
            requireFence(shard);
        }
        if (shard.runsStatementsTogether() && !mayChangeSession) {
            return shard.autocommit(connection -> {
                shard.requireUnchanged();
                return checkingItself(shard, connection, tokens, result, nothing, parameters);
            });
        }
        if (entering.hasSteps() && !shard.dialect().changesSeveralTables()) {
            return otherwise;
        }
        return shard.transaction(transaction -> {
            shard.requireUnchanged();
            OwnedTransaction.enter(transaction, tokens);
            if (mayChangeSession) {
                transaction.changesSession();
            }
            return apart(transaction.connection(), result, parameters);
        });
    }

    private void requireFence(Shard shard) {
        if (entering == Entering.BY_TRIGGER_OR_AGAIN && !shard.isFenced(table)) {
            throw new InvalidInputException("""
                    Table %s of shard %s has no fence that is at work: nothing would refuse rows of keys that are elsewhere. \
                    Nothing was run. Declare the table as sharded and run init, or use FencedStatement.of.""".formatted(table, shard.name()));
        }
    }

    /** The statement, and the check of its tokens, in one text: its own where a trigger checks. */
    private <T> T checkingItself(
            Shard shard,
            Connection connection,
            List<Long> tokens,
            ResultReader<T> result,
            Predicate<T> nothing,
            @Nullable Object... parameters)
            throws SQLException {
        boolean byTrigger = entering == Entering.BY_TRIGGER_IF_IT_RUNS
                || (entering == Entering.BY_TRIGGER_OR_AGAIN && tokens.size() == 1);
        T first = together(!byTrigger, shard, connection, tokens, result, parameters);
        return byTrigger && entering == Entering.BY_TRIGGER_OR_AGAIN && nothing.test(first)
                ? together(true, shard, connection, tokens, result, parameters)
                : first;
    }

    private <T> T together(
            boolean enters,
            Shard shard,
            Connection connection,
            List<Long> tokens,
            ResultReader<T> result,
            @Nullable Object... parameters)
            throws SQLException {
        String entered = tokens.size() == 1 ? enteringOne : enteringMany;
        try (PreparedStatement statement = connection.prepareStatement(enters ? entered : sql)) {
            if (enters) {
                statement.setObject(1, tokens.size() == 1 ? tokens.get(0) : tokens.toArray(Long[]::new));
            }
            bind(statement, enters ? 2 : 1, parameters);
            if (enters) {
                shard.dialect().keepTogether(statement, parameters);
            }
            statement.execute();
            return committed(enters, statement, result);
        }
    }

    /**
     * Reads the answer of what has been done. Its failure must not look like one of the statement, which would be
     * repeated.
     */
    private <T> T committed(boolean entered, PreparedStatement statement, ResultReader<T> result) {
        try {
            if (entered) {
                statement.getMoreResults(); // past the answer of enter
            }
            return result.of(statement);
        } catch (CorruptionException stored) {
            throw stored; // about what is stored, and not about the answer
        } catch (SQLException | RuntimeException failure) {
            throw new InvalidInputException("""
                    A statement was done and is committed, but its answer could not be read: %s. Do not repeat it. Use \
                    update for a statement that returns no rows, and see that the reader names its columns.\
                    """.formatted(failure.getMessage()), failure);
        }
    }

    private <T> T apart(Connection connection, ResultReader<T> result, @Nullable Object... parameters)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, 1, parameters);
            statement.execute();
            return result.of(statement);
        }
    }

    private static void bind(PreparedStatement statement, int first, @Nullable Object... parameters)
            throws SQLException {
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(first + i, parameters[i]);
        }
    }

    private static <T> List<T> rows(PreparedStatement statement, RowReader<T> reader) throws SQLException {
        List<T> result = new ArrayList<>(1);
        try (ResultSet rows = statement.getResultSet()) {
            while (rows.next()) {
                result.add(reader.read(rows));
            }
        }
        return result;
    }
}
