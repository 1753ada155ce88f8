package dev.ringshard.internal.shard;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.Record1;
import org.jooq.Result;
import org.jooq.ResultQuery;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/**
 * How transactions of PostgreSQL begin: whatever they need is set for the transaction alone, so that it reaches nobody else who
 * uses the session, and as much of it as possible in one round trip.
 */
record PostgresTransactions() implements Transactions {
    private static final String BEGUN = "begun";

    /**
     * As a replica, where the user may: neither triggers nor foreign keys act on rows that move, so that they arrive as they
     * were, and nothing else is touched by their copy or their purge.
     */
    private static final String AS_REPLICA = "SELECT set_config('session_replication_role', 'replica', true)"
            + " WHERE has_parameter_privilege('session_replication_role', 'SET')";

    /** Row-level security would hide rows, and they would not be counted or moved: such a statement fails instead. */
    private static final String ALL_ROWS = "SET LOCAL row_security = off";

    /** A temporary table that a caller left in the session, named as a sharded one, would be taken for it. */
    private static final String NO_TEMPORARY_TABLES =
            "SELECT set_config('search_path', concat_ws(', ', nullif(current_setting('search_path'), ''), 'pg_temp'), true)";

    /** For statements that read or write whole tables: all rows, of the tables that are meant. */
    private static final String WHOLE_TABLES = ALL_ROWS + "; " + NO_TEMPORARY_TABLES;

    private static final String SNAPSHOT = SnapshotText.BEGIN + "; " + WHOLE_TABLES;

    /** A role's are made for its queries; how long a copy takes depends on the rows. What a mover locks has limits of its own. */
    private static final String WITHOUT_TIME_LIMITS = "SET LOCAL statement_timeout = 0;"
            + " SELECT set_config('transaction_timeout', '0', true)"
            + " WHERE current_setting('transaction_timeout', true) IS NOT NULL"; // from PostgreSQL 17

    /** Whatever the server's default: what a mover commits is relied on by others. */
    private static final String DURABLY = "SELECT set_config('synchronous_commit', 'on', true)"
            + " WHERE current_setting('synchronous_commit') IN ('off', 'local', 'remote_write')";

    /**
     * For a session whose locks writers wait for: it is ended once it is silent, also while the server waits for its client to read,
     * when no other time-out acts.
     */
    private static final String UNLESS_FROZEN = "SET LOCAL idle_in_transaction_session_timeout = "
            + FROZEN_AFTER.toMillis() + "; SET LOCAL tcp_user_timeout = " + FROZEN_AFTER.toMillis();

    /** For a session that stages: its locks keep only others that stage waiting, so it may be silent for longer before it is ended. */
    private static final String UNLESS_GONE =
            "SET LOCAL idle_in_transaction_session_timeout = " + GONE_AFTER.toMillis();

    /** Where the user may. */
    @Override
    public void writeAsReplica(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(AS_REPLICA);
        }
    }

    @Override
    public void beginAt(Connection connection, int isolation) throws SQLException {
        begin(connection, "BEGIN ISOLATION LEVEL " + level(isolation));
    }

    private static String level(int isolation) {
        return switch (isolation) {
            case Connection.TRANSACTION_READ_COMMITTED -> "READ COMMITTED";
            case Connection.TRANSACTION_REPEATABLE_READ -> "REPEATABLE READ";
            case Connection.TRANSACTION_SERIALIZABLE -> "SERIALIZABLE";
            default -> throw new IllegalArgumentException("PostgreSQL has no isolation level " + isolation);
        };
    }

    @Override
    public void beginSnapshot(Connection connection) throws SQLException {
        begin(connection, SNAPSHOT);
    }

    /**
     * The driver sends it with one Sync, and prepares its statements for the next time. To look
     * whether the session has temporary tables costs less than to put them last; where it has, the check is empty.
     */
    @Override
    public Optional<SnapshotText> inOneSnapshot(String check, String query) {
        String checked =
                "SELECT CASE WHEN pg_my_temp_schema() = 0 THEN %s ELSE '' END, set_config('row_security', 'off', true)"
                        .formatted(check);
        return Optional.of(new SnapshotText(SnapshotText.BEGIN + "; " + checked + "; " + query + "; COMMIT"));
    }

    /** A failure leaves a transaction to be rolled back, which auto-commit off says. */
    @Override
    public boolean beginReading(Connection connection, int isolation, String question, List<Long> parameters)
            throws SQLException {
        String level = isolation == Connection.TRANSACTION_SERIALIZABLE ? "SERIALIZABLE" : "REPEATABLE READ";
        try {
            return Dialect.answer(
                    connection, "BEGIN ISOLATION LEVEL " + level + " READ ONLY; " + question, 1, parameters);
        } finally {
            connection.setAutoCommit(false);
        }
    }

    @Override
    public void beginLockingSnapshot(Connection connection) throws SQLException {
        begin(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ; " + WHOLE_TABLES);
    }

    @Override
    public void beginCopy(Connection connection) throws SQLException {
        begin(connection, SNAPSHOT + "; " + WITHOUT_TIME_LIMITS);
    }

    /**
     * One round trip. To set the level of the session, and to set it back, would take one more each; behind a pooler it would
     * reach other clients. The driver leaves alone a transaction that it finds begun.
     */
    private static void begin(Connection connection, String statements) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(statements)) {
            statement.execute();
        }
        connection.setAutoCommit(false);
    }

    @Override
    public void beginMove(Connection connection, Duration lockTimeout) throws SQLException {
        execute(connection, ofMove(lockTimeout));
    }

    /** What a mover's transaction begins with. */
    static String ofMove(Duration lockTimeout) {
        return ofMover(lockTimeout, UNLESS_FROZEN + "; " + DURABLY);
    }

    @Override
    public void beginStaging(Connection connection, Duration lockTimeout) throws SQLException {
        execute(connection, ofMover(lockTimeout, UNLESS_GONE + "; " + DURABLY));
    }

    @Override
    public void beginTidying(Connection connection, Duration lockTimeout) throws SQLException {
        execute(connection, ofMover(lockTimeout, UNLESS_FROZEN + "; SET LOCAL synchronous_commit = off"));
    }

    /** A statement that bounds how long those that follow may take, until the transaction ends; zero for as long as they take. */
    static String limit(Duration longest) {
        return "SET LOCAL statement_timeout = " + longest.toMillis();
    }

    @Override
    public void liftTimeLimits(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(WITHOUT_TIME_LIMITS);
        }
    }

    @Override
    public void onlyRead(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET TRANSACTION READ ONLY");
        }
    }

    /** That of a mover which acts as a replica. */
    @Override
    public ResultQuery<Record1<Boolean>> checksNoReferences(DSLContext dsl) {
        return dsl.select(DSL.field("current_setting('session_replication_role') = 'replica'", Boolean.class));
    }

    /** By an advisory lock, which nobody else waits for. */
    @Override
    public void announceCopy(Connection connection, long epoch) throws SQLException {
        Dialect.texts(connection, "SELECT pg_advisory_xact_lock_shared(" + copyOf(epoch) + ")::text");
    }

    @Override
    public boolean isCopied(Connection connection, long epoch) throws SQLException {
        return Dialect.texts(connection, "SELECT 'no' WHERE pg_try_advisory_xact_lock(" + copyOf(epoch) + ")")
                .isEmpty();
    }

    /** A number that an application's own advisory locks will hardly have; if one has it, a copy is taken to be alive. */
    private static long copyOf(long epoch) {
        return Long.reverse(epoch) ^ 0x72696E6773686172L;
    }

    private static String ofMover(Duration lockTimeout, String more) {
        return "SET LOCAL ringshard.mover = 'on'; SET LOCAL lock_timeout = " + lockTimeout.toMillis() + "; "
                + WHOLE_TABLES + "; "
                + WITHOUT_TIME_LIMITS + "; "
                + AS_REPLICA + "; "
                + more;
    }

    private static void execute(Connection connection, String statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(statements);
        }
    }

    @Override
    public String mark(Connection connection) {
        return BEGUN; // a failed transaction stays one until it is rolled back
    }

    /** By the moment of its first statement: whatever ends it and begins another does that later. */
    @Override
    public String markExactly(Connection connection, String mark) throws SQLException {
        return connection.isWrapperFor(BaseConnection.class)
                        && connection.unwrap(BaseConnection.class).getTransactionState() == TransactionState.OPEN
                ? begunAt(connection)
                : mark;
    }

    /**
     * PostgreSQL answers the commit of a failed transaction with ROLLBACK, and its driver takes that for success. One that had
     * begun and has not any more was ended by a statement of the work.
     */
    @Override
    public boolean hasGivenUp(Connection connection, @Nullable String mark) throws SQLException {
        if (!connection.isWrapperFor(BaseConnection.class)) {
            return false;
        }
        return switch (connection.unwrap(BaseConnection.class).getTransactionState()) {
            case FAILED -> true;
            case IDLE -> mark != null;
            case OPEN -> mark != null && !mark.equals(BEGUN) && !mark.equals(begunAt(connection));
        };
    }

    @Override
    public boolean wasEndedByWork(Connection connection, @Nullable String mark) throws SQLException {
        return mark != null
                && !connection.isClosed()
                && connection.isWrapperFor(BaseConnection.class)
                && connection.unwrap(BaseConnection.class).getTransactionState() != TransactionState.FAILED
                && hasGivenUp(connection, mark);
    }

    @Override
    public List<Result<? extends Record>> beginMove(
            DSLContext dsl, Connection connection, Duration lockTimeout, List<ResultQuery<? extends Record>> questions)
            throws SQLException {
        return PostgresRoundTrip.ask(ofMove(lockTimeout), dsl, connection, questions);
    }

    @Override
    public void endMove(Connection connection) {
        // all of it was local to the transaction
    }

    @Override
    public void limitStatements(Connection connection, Duration limit) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(limit(limit));
        }
    }

    @Override
    public List<Result<? extends Record>> ask(
            DSLContext dsl, Connection connection, List<ResultQuery<? extends Record>> questions) throws SQLException {
        return PostgresRoundTrip.ask(dsl, connection, questions);
    }

    @Override
    public List<Result<? extends Record>> askWithin(
            Duration limit, DSLContext dsl, Connection connection, List<ResultQuery<? extends Record>> questions)
            throws SQLException {
        return PostgresRoundTrip.askWithin(limit, dsl, connection, questions);
    }

    @Override
    public boolean hasReadOnlyTransactions() {
        return true;
    }

    @Override
    public void beginReferenceWork(Connection connection, String table) throws SQLException {
        PostgresReferences.beginWork(connection, table);
    }

    private static String begunAt(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet moment = statement.executeQuery(
                        "SELECT pg_catalog.extract('epoch', pg_catalog.transaction_timestamp())::pg_catalog.text")) {
            moment.next();
            return moment.getString(1);
        }
    }
}
