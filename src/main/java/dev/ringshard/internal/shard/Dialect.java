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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.Supplier;
import org.jooq.DSLContext;
import org.jooq.Field;
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
    /** The column that holds on H2 the token of a row whose table has none of its own; invisible to SELECT *. */
    String GENERATED_TOKEN = "ringshard_token";

    /** What has to be on the class path before a shard of that kind is opened. */
    static OptionalArtifact driverOf(DatabaseKind kind) {
        return switch (kind) {
            case POSTGRESQL -> OptionalArtifact.POSTGRESQL;
            case H2 -> OptionalArtifact.H2;
        };
    }

    /** What has to be on the class path before a shard of that kind is brought to a schema, beside its driver. */
    static List<OptionalArtifact> flywayOf(DatabaseKind kind) {
        return switch (kind) {
            case POSTGRESQL -> List.of(OptionalArtifact.FLYWAY, OptionalArtifact.FLYWAY_POSTGRESQL);
            case H2 -> List.of(OptionalArtifact.FLYWAY);
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

    /** How its transactions begin and end. */
    Transactions transactions();

    /** What keeps its tables to the tokens that it owns. */
    Fencing fencing();

    /** What its catalog says of tables. */
    DatabaseCatalog catalog();

    /** What writes points that its server can be restored to; empty where there are none. */
    Optional<PostgresRestorePoints> restorePoints();

    /** What takes Ringshard out of it again; empty where that is not possible. */
    Optional<PostgresRemoval> removal();

    /** What reads all that is defined in it, whether Ringshard knows it or not; empty where nothing does. */
    Optional<PostgresDefinitions> definitions();

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

    /** Whether a standby follows this database for which it does not wait, so that it may lag. */
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

    /** What a column holds as the text of a key, in an SQL expression that is alike for the columns of all tables. */
    String keyText(String column);

    /** Whether many transactions can hold the same row against one that wants it alone. */
    boolean hasSharedRowLocks();

    /**
     * Does what defines tables, or looks how they are defined in order to go on: one after the other in this process, where others
     * would see a table half defined.
     */
    default <T> T defining(Supplier<T> work) {
        return work.get();
    }

    /** The texts by which rows can be read from a table, and written to one, as a stream of bytes; empty where they cannot. */
    Optional<PostgresRows> streamedRows();

    /**
     * A condition that columns together have one of some values, given as texts; empty where no log names rows by them.
     *
     * @param types of the columns, as a driver describes them
     */
    Optional<String> isOneOf(List<String> columns, List<String> types, List<List<String>> values);

    /** Whether one statement can change rows of several tables, as by {@code WITH changed AS (UPDATE … RETURNING …) INSERT …}. */
    boolean changesSeveralTables();

    /**
     * An aggregate over rows, in whatever order, that is the same for two sets of rows which differ in some columns of whole numbers by
     * a chance of 2^-64 only; empty where the database has none.
     */
    Optional<String> hashOfRows(String... columns);

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
