package dev.ringshard.internal.shard;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.h2.engine.Constants;
import org.jooq.DSLContext;
import org.jooq.Record1;
import org.jooq.ResultQuery;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** How transactions of H2 begin and end. What is set for a mover outlives its transaction until it is set back. */
record H2Transactions() implements Transactions {
    @Override
    public void beginAt(Connection connection, int isolation) throws SQLException {
        connection.setTransactionIsolation(isolation);
    }

    @Override
    public void beginSnapshot(Connection connection) throws SQLException {
        // H2's REPEATABLE READ is a snapshot of the tables of each statement; SNAPSHOT is one of them all.
        connection.setTransactionIsolation(Constants.TRANSACTION_SNAPSHOT);
    }

    @Override
    public Optional<SnapshotText> inOneSnapshot(String check, String query) {
        return Optional.empty();
    }

    @Override
    public boolean beginReading(Connection connection, int isolation, String question, List<Long> parameters)
            throws SQLException {
        beginSnapshot(connection);
        connection.setAutoCommit(false);
        return Dialect.answer(connection, question, 0, parameters);
    }

    @Override
    public void beginLockingSnapshot(Connection connection) throws SQLException {
        beginSnapshot(connection);
    }

    @Override
    public void beginCopy(Connection connection) throws SQLException {
        beginSnapshot(connection);
    }

    @Override
    public @Nullable String mark(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT TRANSACTION_ID()")) {
            return row.next() ? row.getString(1) : null;
        }
    }

    /** A deadlock rolls the transaction back, and the next statement begins another, without the locks of the first. */
    @Override
    public boolean hasGivenUp(Connection connection, @Nullable String mark) throws SQLException {
        return mark != null && !mark.equals(mark(connection));
    }

    @Override
    public void beginMove(Connection connection, Duration lockTimeout) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET @ringshard_lock_timeout = LOCK_TIMEOUT()");
            statement.execute("SET LOCK_TIMEOUT " + lockTimeout.toMillis());
            statement.execute("SET @ringshard_mover = 'on'");
        }
    }

    @Override
    public void endMove(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET @ringshard_mover = NULL");
            statement.execute("SET LOCK_TIMEOUT @ringshard_lock_timeout");
        }
    }

    @Override
    public void limitStatements(Connection connection, Duration limit) {
        // its lock time-out bounds the whole wait
    }

    @Override
    public void liftTimeLimits(Connection connection) {}

    @Override
    public boolean hasReadOnlyTransactions() {
        return false;
    }

    @Override
    public void onlyRead(Connection connection) {}

    @Override
    public ResultQuery<Record1<Boolean>> checksNoReferences(DSLContext dsl) {
        return dsl.select(DSL.inline(false));
    }

    @Override
    public void announceCopy(Connection connection, long epoch) {
        // there is nothing that would end with the session
    }

    @Override
    public boolean isCopied(Connection connection, long epoch) {
        return false;
    }

    @Override
    public void beginReferenceWork(Connection connection, String table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SET @ringshard_reference = ?")) {
            statement.setString(1, table);
            statement.execute();
        }
    }

    @Override
    public void endReferenceWork(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET @ringshard_reference = NULL");
        }
    }
}
