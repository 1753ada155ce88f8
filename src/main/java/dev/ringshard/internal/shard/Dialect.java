package dev.ringshard.internal.shard;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.PoolConfig;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.internal.artifacts.OptionalArtifact;
import dev.ringshard.ring.TokenRange;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.Supplier;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Record1;
import org.jooq.Result;
import org.jooq.ResultQuery;
import org.jooq.SQLDialect;
import org.jooq.TransactionProvider;
import org.jooq.conf.RenderNameCase;
import org.jooq.conf.RenderQuotedNames;
import org.jooq.conf.Settings;
import org.jooq.impl.DSL;
import org.jooq.impl.DefaultConfiguration;
import org.jspecify.annotations.Nullable;

/** What differs between the databases that can be shards. Immutable; chosen once for each shard. */
public sealed interface Dialect permits PostgresDialect, H2Dialect {
    /** So long a mover may do nothing while it holds locks: less than writers wait for a lock, or for a route. */
    Duration FROZEN_AFTER = Duration.ofSeconds(2);

    /** A mover that copies and is silent for longer is taken to be gone; nobody's writes wait for it. */
    Duration GONE_AFTER = Duration.ofSeconds(60);

    /** What has to be on the class path before a shard of that kind is opened. */
    static OptionalArtifact driverOf(DatabaseKind kind) {
        return switch (kind) {
            case POSTGRESQL -> OptionalArtifact.POSTGRESQL;
            case H2 -> OptionalArtifact.H2;
        };
    }

    /** The dialect of a kind of database. */
    static Dialect of(DatabaseKind kind) {
        return switch (kind) {
            case POSTGRESQL -> new PostgresDialect();
            case H2 -> new H2Dialect();
        };
    }

    /** The dialect of the database that jOOQ talks to. */
    static Dialect of(DSLContext dsl) {
        SQLDialect family = dsl.dialect().family();
        for (DatabaseKind kind : DatabaseKind.values()) {
            if (of(kind).jooq() == family) {
                return of(kind);
            }
        }
        throw new IllegalArgumentException(
                "Ringshard works with PostgreSQL and H2, and does not know %s. Nothing was done.".formatted(family));
    }

    /**
     * Whether it was the statement that failed, and the connection goes on, as the server's own answer says; false where it does not
     * say.
     */
    static boolean isOfStatement(SQLException failure) {
        return OptionalArtifact.POSTGRESQL.isPresent() && PostgresDialect.isError(failure);
    }

    /** Which database it is. */
    DatabaseKind kind();

    /** The folder of this database's own migrations. */
    String migrations();

    SQLDialect jooq();

    /** An unquoted name in the case of letters in which the database keeps it. */
    String folded(String name);

    /** The oldest major version of the server that Ringshard works with. */
    int oldestServer();

    /** jOOQ on this connection; renders names unquoted, so that the same tables are found on every database. */
    default DSLContext dsl(Connection connection) {
        return DSL.using(new DefaultConfiguration()
                .set(connection)
                .set(jooq())
                .set(SharedSettings.SETTINGS)
                .set(SharedSettings.TRANSACTIONS));
    }

    /** What connects to this database. */
    Driver driver();

    /** What the driver is told for a connection of a pool; what stands in the URL wins over it. */
    Properties driverProperties(PoolConfig pool);

    /**
     * Sets what a session needs that has just been opened for a pool of Ringshard's own.
     *
     * @return as {@link #serverLog}
     * @throws SQLException if it fails, or the session can be given to other clients between two transactions, and is not
     *     as it must be by itself
     */
    Optional<ServerLog> beginSession(Connection connection, PoolConfig pool, String url) throws SQLException;

    /** Whether a statement may leave something behind in its session, as far as its text tells. */
    boolean mayChangeSession(String sql);

    /** Whether a statement of a text begins or ends a transaction; none of them is about a savepoint. */
    static boolean controlsTransaction(String sql) {
        return SessionChange.controlsTransaction(sql);
    }

    /**
     * Makes a session, in autocommit, like one that has just been opened, and {@link #beginSession} has to be called again.
     *
     * @return whether that was possible
     */
    boolean resetSession(Connection connection) throws SQLException;

    /** Whether a pooler stands before the server, so that what is set here beyond a transaction may reach other clients. */
    boolean isPooled(Connection connection) throws SQLException;

    /** Whether a statement was refused only because the server had prepared it before its tables changed. */
    default boolean isOfOutdatedPlan(SQLException failure) {
        return false;
    }

    /** What the server says of a failure in a sentence, without what the driver adds. */
    default String sentence(SQLException failure) {
        String text = String.valueOf(failure.getMessage());
        int end = text.indexOf(". ");
        return end > 0 ? text.substring(0, end) : text;
    }

    /** What holds the facts of a failure for programs to read. */
    default String detail(SQLException failure) {
        return String.valueOf(failure.getMessage());
    }

    /** What to look at where it gives no connection, as the rest of a sentence; as of the last failure. */
    String whereToLook(Throwable failure);

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

    /**
     * A query for one text that is the same for two connections only if they reach the same database, however their
     * URLs are spelt.
     */
    String identityQuery();

    /** Whether the database only follows another one, and takes no writes. */
    boolean isStandby(Connection connection) throws SQLException;

    /** What to order and compare text by, so that it is by Unicode code point on every shard; not to be fetched. */
    Field<String> codePointOrder(Field<String> text);

    /** As {@link #codePointOrder(Field)}, of an SQL expression. */
    String codePointOrder(String text);

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
     * As {@link #beginMove}, for what somebody does again if a crash of the database undoes its commit: that need not wait
     * for the disk.
     */
    default void beginTidying(Connection connection, Duration lockTimeout) throws SQLException {
        beginMove(connection, lockTimeout);
    }

    /** As {@link #beginMove}, for what copies rows, and may be silent for longer: nobody's writes wait for it. */
    default void beginStaging(Connection connection, Duration lockTimeout) throws SQLException {
        beginMove(connection, lockTimeout);
    }

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

    /** Undoes what {@link #beginMove} has set beyond the transaction, which has ended. */
    void endMove(Connection connection) throws SQLException;

    /**
     * Which server, which database, and which line of the server's history this is, as an SQL expression: another one after the
     * database was restored from a backup, or a standby took over.
     */
    String incarnation();

    /** {@link ServerLog#position}, as an SQL expression. */
    String logPosition();

    /** {@link ServerLog#started}, as an SQL expression. */
    String serverStart();

    /** The log of the server that a connection in autocommit leads to; empty where the database does not tell. */
    Optional<ServerLog> serverLog(Connection connection) throws SQLException;

    /** The driver's own connection, to one server as long as it lives; empty where a pool hides it, or that does not matter. */
    Optional<Object> physical(Connection connection) throws SQLException;

    /** Whether somebody follows this database to whom it does not wait: a standby that may lag. */
    boolean hasLaggingStandby(Connection connection) throws SQLException;

    /**
     * Deletes some rows of a range; of a partitioned table, whole tokens.
     *
     * @param rows about how many
     * @return how many; fewer than that if there are no more
     */
    int deleteBatch(DSLContext dsl, ShardedTable table, TokenRange range, int rows);

    /** About how large a table is, without reading it; empty if there is none of that name. */
    Optional<TableSize> size(Connection connection, String table) throws SQLException;

    /**
     * About that part of a table's rows, by reading no more than about that part of it; the same ones as long as nothing is written.
     * Empty where the database cannot do that.
     */
    Optional<String> sample(String table, double part);

    /** About how many rows a table had when {@link #analysing} was done to it last; zero if never. */
    long analysedRows(Connection connection, String table) throws SQLException;

    /** A statement after which plans of queries know what a table holds now; empty where the database sees to that at once. */
    Optional<String> analysing(String table);

    /** How many bytes a column of a row takes, as an SQL expression; null where there is no value. */
    String bytes(String column);

    /** The token of a row of a sharded table, as an SQL expression over its columns. */
    default String token(ShardedTable table) {
        return token(table, "");
    }

    /** As {@link #token(ShardedTable)}, with something before the name of each column, such as {@code child.}. */
    String token(ShardedTable table, String qualifier);

    /** The column of a sharded table that its fence reads, and takes the token from. */
    String fencedColumn(ShardedTable table);

    /**
     * Gives a sharded table that stores no token an index on the tokens of its rows, unless it has one; in autocommit.
     *
     * @return whether it had none
     */
    boolean indexTokens(Connection connection, ShardedTable table) throws SQLException;

    /** How far an index is that another session of this user builds in this database, in words; empty if none is, or nobody knows. */
    default Optional<String> indexing(Connection connection) throws SQLException {
        return Optional.empty();
    }

    /**
     * Returns once no transaction works any more with a snapshot that is older than this call, in autocommit. Whoever is fenced
     * from then on sees what is owned now.
     *
     * @param key a small table of Ringshard's own, and in parentheses a column of it
     */
    default void outwaitSnapshots(Connection connection, String key) throws SQLException {}

    /**
     * Puts the fence on a sharded table; not where it is at work, as everybody's work on the table has to wait for that. Waits a
     * moment for those who write to the table, as whoever comes to write waits meanwhile, and fails as contention if they do not
     * let go.
     *
     * @param isRecorded whether it is recorded that the table was fenced just so before
     */
    void fence(DSLContext dsl, ShardedTable table, boolean isRecorded);

    /**
     * Who keeps triggers of a table from being made or dropped, in words; empty if nobody does any more, or nobody knows.
     *
     * @param readersToo whether those count who have only read it
     */
    default Optional<String> holder(Connection connection, String table, boolean readersToo) throws SQLException {
        return Optional.empty();
    }

    /** Whether a table has a trigger of that name. */
    default boolean hasTrigger(DSLContext dsl, String table, String trigger) {
        return false;
    }

    /** Those of these tables that are not fenced, by triggers that are at work. */
    List<ShardedTable> unfenced(DSLContext dsl, List<ShardedTable> tables);

    /**
     * Puts on a reference table what refuses writes past {@link #beginReferenceWork}, unless it is at work; waits as {@link #fence}
     * does.
     */
    void fenceReference(DSLContext dsl, String table);

    /** Takes off again what {@link #fenceReference} has put on, if the table is there; waits as that. */
    void releaseReference(DSLContext dsl, String table);

    /** Whether that is at work. */
    boolean isReferenceFenced(DSLContext dsl, String table);

    /**
     * Makes the session of the transaction that has begun one that may write to a reference table.
     *
     * @param table with its schema, in the case of letters in which the database keeps names
     */
    void beginReferenceWork(Connection connection, String table) throws SQLException;

    /** Undoes what {@link #beginReferenceWork} has set beyond the transaction, which has ended. */
    default void endReferenceWork(Connection connection) throws SQLException {}

    /**
     * From here on until the transaction ends nothing of the application's acts on rows that are written, nor are foreign keys
     * checked; where the database and its user can.
     */
    default void writeAsReplica(Connection connection) throws SQLException {}

    /**
     * The types of a table's columns, by their names in lower case, to which their texts can be cast, so that they are stored as they
     * were read; empty where the driver's values say all.
     */
    default Map<String, String> textTypes(Connection connection, String table) throws SQLException {
        return Map.of();
    }

    /**
     * What tells apart any two definitions of these tables and of their fences, as far as a copy depends on them, in one question;
     * empty where that takes more than one.
     */
    default Optional<ResultQuery<Record1<String>>> definition(DSLContext dsl, List<ShardedTable> tables) {
        return Optional.empty();
    }

    /**
     * A question whether rows that the transaction replaces may be referred to by others meanwhile: nothing checks or follows foreign
     * keys.
     */
    ResultQuery<Record1<Boolean>> checksNoReferences(DSLContext dsl);

    /**
     * Notes until the transaction ends that somebody copies what was claimed with an epoch. Where a database cannot, nobody is
     * taken to be alive.
     */
    void announceCopy(Connection connection, long epoch) throws SQLException;

    /** Whether somebody else {@linkplain #announceCopy copies} what was claimed with an epoch. */
    boolean isCopied(Connection connection, long epoch) throws SQLException;

    /** What a column holds as the text of a key, in an SQL expression that is alike for the columns of all tables. */
    String keyText(String column);

    /** The columns of a table that the database computes from others, in lower case. */
    Set<String> generatedColumns(Connection connection, String table) throws SQLException;

    /**
     * What keeps this database user from moving rows of a table as they are, where another user could: what of the application's
     * would act on them, or hides them. Each as the rest of a sentence about the table.
     */
    Set<String> barsToMover(Connection connection, String table) throws SQLException;

    /** Whether sessions of this database user write nothing unless they ask to. */
    boolean isReadOnlyByDefault(Connection connection) throws SQLException;

    /** The foreign keys that a table has, and those that refer to it; the columns of one in their order. */
    List<ForeignKeyColumn> foreignKeys(Connection connection, String schema, String table) throws SQLException;

    /** What of a table nobody can move by its content, each as the rest of a sentence about the table. */
    Set<String> unmovable(Connection connection, ShardedTable table) throws SQLException;

    /** What types of the application's own a table uses, however deep, each with its definition, in which {@link PrintedExpressions} are marked. */
    Set<String> ownTypes(Connection connection, String table) throws SQLException;

    /**
     * What decides whether a row is taken, and what it holds then: constraints but foreign keys, unique indexes, and what
     * columns are generated from. Alike for two databases of one kind if both take the same rows, once their
     * {@link PrintedExpressions}, which are marked, have been read again.
     */
    Set<String> conditions(Connection connection, String table) throws SQLException;

    /** The encoding of texts in the database, by its name. */
    String encoding(Connection connection) throws SQLException;

    /** Whether the binary form of a table's rows holds numbers that mean something in this database only. */
    boolean hasLocalBinaryForm(Connection connection, String table) throws SQLException;

    /**
     * What sets the counters of a table's columns past what some rows hold, so that no next number meets one that arrived: at once,
     * whatever becomes of the transaction. Questions, each with {@code %s} for the condition that the rows meet; none on H2.
     */
    Set<String> counters(Connection connection, String table) throws SQLException;

    /**
     * As {@link #counters}, of columns whose default makes something else of a number, such as a text, from which it cannot be told:
     * by the column, each with {@code %s} for how far the counter of the source has come.
     */
    Map<String, String> hiddenCounters(Connection connection, String table) throws SQLException;

    /** How far the counters have come from whose numbers a table makes something else than whole numbers, by its columns. */
    Map<String, Long> counted(Connection connection, String table) throws SQLException;

    /** Whether many transactions can hold the same row against one that wants it alone. */
    boolean hasSharedRowLocks();

    /** Whether writers pass without the row of their range where a slot of the ring is open. */
    boolean hasSlots();

    /**
     * Does what defines tables, or looks how they are defined in order to go on: one after the other in this process, where others
     * would see a table half defined.
     */
    default <T> T defining(Supplier<T> work) {
        return work.get();
    }

    /** Whether the database user may UPDATE a table. */
    boolean mayUpdate(DSLContext dsl, String table);

    /** Whether a table is there, also where the database user may not read it. */
    boolean hasTable(DSLContext dsl, Field<String> schema, String table);

    /** Whether rows can be read from a table, and written to one, as a stream of bytes in PostgreSQL's format. */
    boolean streamsRows();

    /** Whether statements that are written in PostgreSQL's SQL run, such as one that changes rows of several tables. */
    boolean runsPostgresqlSql();

    /** Whether a statement may enter a token by the trigger of its table alone; where not, its transaction enters first. */
    boolean entersByTrigger();

    /** Whether it has PostgreSQL's functions {@code hashint8extended} and {@code bit_xor}. */
    boolean hashesRows();

    /** Whether it has advisory locks. */
    boolean hasAdvisoryLocks();

    /** Whether statements separated by a semicolon run as one transaction, in one round trip, in autocommit. */
    boolean runsStatementsTogether();

    /** Whether a connection's settings leave a text of several statements whole, where {@link #runsStatementsTogether}. */
    boolean sendsTogether(Connection connection) throws SQLException;

    /**
     * Before a text of two statements is executed, where {@link #runsStatementsTogether}: sees to it that they stay one
     * transaction.
     *
     * @throws InvalidInputException if the connection's settings split them; nothing was run
     */
    void keepTogether(PreparedStatement statement, @Nullable Object... parameters) throws SQLException;

    /** The answer of a query for one boolean, which stands behind so many results without rows. */
    static boolean answer(Connection connection, String sql, int behind, List<Long> parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.size(); i++) {
                statement.setLong(i + 1, parameters.get(i));
            }
            statement.execute();
            for (int i = 0; i < behind; i++) {
                statement.getMoreResults();
            }
            try (ResultSet row = statement.getResultSet()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    /** The first column of all rows of a query. */
    static Set<String> texts(Connection connection, String sql, @Nullable String... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                Set<String> texts = new LinkedHashSet<>();
                while (rows.next()) {
                    texts.add(rows.getString(1));
                }
                return texts;
            }
        }
    }

    /** Holds jOOQ's settings out of the interface's public constants. */
    final class SharedSettings {
        private static final Settings SETTINGS = new Settings()
                .withRenderQuotedNames(RenderQuotedNames.EXPLICIT_DEFAULT_UNQUOTED)
                .withRenderNameCase(RenderNameCase.LOWER)
                .withExecuteLogging(false);
        private static final TransactionProvider TRANSACTIONS = new SavepointTransactions();

        private SharedSettings() {}
    }
}
