package dev.ringshard.ownership;

import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.NoOwnerException;
import dev.ringshard.failure.OutcomeUnknownException;
import dev.ringshard.shard.Shard;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One statement that enters the fence and commits by itself. On PostgreSQL all of that is one round trip: the driver
 * sends both statements of {@code enter; statement} with one Sync, and the server runs them as one transaction.
 * Immutable; make it once and keep it.
 */
public final class FencedStatement {
    private final Entering entering;
    private final String sql;
    private final String sqlTogether;

    /** How a statement enters. */
    private enum Entering {
        FIRST(Fence.ENTER + "; "),
        ALL_FIRST(Fence.ENTER_ALL + "; "),
        BY_TRIGGER("");

        private final String before;

        Entering(String before) {
            this.before = before;
        }
    }

    private FencedStatement(Entering entering, String sql) {
        this.entering = entering;
        this.sql = sql;
        this.sqlTogether = entering.before + sql;
    }

    /** A fenced form of one statement for one key; parameters as {@code ?}. */
    public static FencedStatement of(String sql) {
        return new FencedStatement(Entering.FIRST, sql);
    }

    /** A fenced form of one statement of PostgreSQL's for several keys, whose tokens it is given. */
    public static FencedStatement ofAll(String sql) {
        return new FencedStatement(Entering.ALL_FIRST, sql);
    }

    /**
     * One statement for one key that writes a row of that key to a sharded table, whose trigger enters. Cheaper by a
     * look-up. Where it writes none, its answer means nothing: nobody has asked whether the shard owns the token.
     */
    public static FencedStatement byTrigger(String sql) {
        return new FencedStatement(Entering.BY_TRIGGER, sql);
    }

    /**
     * Runs an INSERT, UPDATE or DELETE.
     *
     * @return how many rows it changed
     * @throws NoOwnerException if the shard does not own the token; nothing was done
     * @throws OutcomeUnknownException if the connection was lost after it was sent
     */
    public int update(Shard shard, long token, @Nullable Object... parameters) {
        return run(shard, token, PreparedStatement::getUpdateCount, parameters);
    }

    /**
     * Runs a statement that returns rows, such as {@code UPDATE … RETURNING} on PostgreSQL.
     *
     * @param reader must not fail: on PostgreSQL the statement is committed before it reads
     * @throws InvalidInputException if it failed, or there are no rows to read; the message says what was done
     * @throws NoOwnerException if the shard does not own the token; nothing was done
     * @throws OutcomeUnknownException if the connection was lost after it was sent
     */
    public <T> List<T> query(Shard shard, long token, RowReader<T> reader, @Nullable Object... parameters) {
        return run(shard, token, statement -> rows(statement, reader), parameters);
    }

    /**
     * As {@link #query}, of a statement made by {@link #ofAll}. It sees what was written before it was sent.
     *
     * @param tokens in ascending order, as everybody enters several
     */
    public <T> List<T> queryAll(Shard shard, List<Long> tokens, RowReader<T> reader, @Nullable Object... parameters) {
        return shard.autocommit(connection ->
                together(connection, tokens.toArray(Long[]::new), statement -> rows(statement, reader), parameters));
    }

    private interface Answer<T> {
        T of(PreparedStatement statement) throws SQLException;
    }

    private <T> T run(Shard shard, long token, Answer<T> answer, @Nullable Object... parameters) {
        if (shard.dialect().runsStatementsTogether()) {
            return shard.autocommit(connection -> together(connection, token, answer, parameters));
        }
        return shard.transaction(transaction -> {
            Fence.enter(transaction.connection(), token);
            return apart(transaction.connection(), answer, parameters);
        });
    }

    private <T> T together(Connection connection, Object entered, Answer<T> answer, @Nullable Object... parameters)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sqlTogether)) {
            if (entering == Entering.BY_TRIGGER) {
                bind(statement, 1, parameters);
            } else {
                statement.setObject(1, entered);
                bind(statement, 2, parameters);
            }
            statement.execute();
            return committed(statement, answer);
        }
    }

    /**
     * Reads the answer of what has been done. Its failure must not look like one of the statement, which would be
     * repeated.
     */
    private <T> T committed(PreparedStatement statement, Answer<T> answer) {
        try {
            if (entering != Entering.BY_TRIGGER) {
                statement.getMoreResults(); // past the answer of enter
            }
            return answer.of(statement);
        } catch (SQLException | RuntimeException failure) {
            throw new InvalidInputException("""
                    A statement was done and is committed, but its answer could not be read: %s. Do not repeat it. Use \
                    update for a statement that returns no rows, and see that the reader names its columns.\
                    """.formatted(failure.getMessage()), failure);
        }
    }

    private <T> T apart(Connection connection, Answer<T> answer, @Nullable Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, 1, parameters);
            statement.execute();
            return answer.of(statement);
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
