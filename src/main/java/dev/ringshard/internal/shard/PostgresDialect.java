package dev.ringshard.internal.shard;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.PoolConfig;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.ring.TokenRange;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGStatement;
import org.postgresql.core.BaseConnection;
import org.postgresql.jdbc.PreferQueryMode;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** PostgreSQL 15 and later. */
record PostgresDialect() implements Dialect {
    private static final Transactions TRANSACTIONS = new PostgresTransactions();
    private static final DatabaseCatalog CATALOG = new PostgresCatalog();
    private static final Fencing FENCING = new PostgresFencing(new PostgresDialect());
    private static final Set<String> OUTDATED_PLAN = Set.of("RevalidateCachedQuery", "RevalidateCachedPlan");
    /** What the driver calls columns that count; elsewhere these are no types. */
    private static final Map<String, String> COUNTED_TYPES =
            Map.of("smallserial", "int2", "serial", "int4", "bigserial", "int8");

    private static final Pattern PLANNED_ROWS = Pattern.compile("rows=(\\d+)");

    /** So many bytes are read in a few milliseconds. */
    private static final long SMALL = 2 << 20;

    /** A table and its partitions; the table's name, twice. */
    private static final String PARTS = """
            (SELECT to_regclass(?) AS oid UNION SELECT relid FROM pg_partition_tree(to_regclass(?))) parts
            JOIN pg_catalog.pg_class USING (oid)
            """;

    private static final String ANALYSED_ROWS =
            "SELECT coalesce(sum(greatest(reltuples, 0)), 0)::bigint FROM " + PARTS + "WHERE relkind = 'r'";

    /** Bytes, whether the counters are known, and rows by them. */
    private static final String SIZE = """
            SELECT sum(pg_relation_size(oid))::bigint,
                   bool_and(COALESCE(last_analyze, last_autoanalyze, last_vacuum, last_autovacuum) IS NOT NULL),
                   sum(n_live_tup)::bigint
            FROM\s""" + PARTS + """
            LEFT JOIN pg_catalog.pg_stat_user_tables ON relid = oid
            WHERE relkind = 'r'""";

    @Override
    public DatabaseKind kind() {
        return DatabaseKind.POSTGRESQL;
    }

    @Override
    public Transactions transactions() {
        return TRANSACTIONS;
    }

    @Override
    public DatabaseCatalog catalog() {
        return CATALOG;
    }

    @Override
    public Fencing fencing() {
        return FENCING;
    }

    @Override
    public Optional<PostgresRestorePoints> restorePoints() {
        return Optional.of(new PostgresRestorePoints());
    }

    @Override
    public Optional<PostgresRemoval> removal() {
        return Optional.of(new PostgresRemoval());
    }

    @Override
    public Optional<PostgresDefinitions> definitions() {
        return Optional.of(new PostgresDefinitions());
    }

    @Override
    public String migrations() {
        return "postgresql";
    }

    @Override
    public SQLDialect jooq() {
        return SQLDialect.POSTGRES;
    }

    @Override
    public String folded(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    @Override
    public int oldestServer() {
        return 15;
    }

    @Override
    public Driver driver() {
        return new org.postgresql.Driver();
    }

    @Override
    public Properties driverProperties(PoolConfig pool) {
        String connecting = seconds(pool.connectionTimeout().toSeconds());
        Properties properties = new Properties();
        properties.setProperty("ApplicationName", "ringshard");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("reWriteBatchedInserts", "true");
        properties.setProperty("connectTimeout", connecting);
        properties.setProperty("loginTimeout", connecting);
        properties.setProperty("socketTimeout", seconds(pool.socketTimeout().toSeconds()));
        return properties;
    }

    @Override
    public Optional<ServerLog> beginSession(Connection connection, PoolConfig pool, String url) throws SQLException {
        return Optional.of(PostgresSession.begin(connection, pool.lockTimeout(), url, this));
    }

    @Override
    public boolean mayChangeSession(String sql) {
        return SessionChange.isPossibleOnPostgresql(sql);
    }

    @Override
    public boolean resetSession(Connection connection) throws SQLException {
        PostgresSession.reset(connection);
        return true;
    }

    @Override
    public boolean isPooled(Connection connection) throws SQLException {
        return PostgresSession.isPooled(connection);
    }

    /** The driver counts in whole seconds and takes 0 for "for ever". */
    private static String seconds(long seconds) {
        return Long.toString(Math.max(1, seconds));
    }

    @Override
    public String whereToLook(Throwable failure) {
        return FailureKind.isUnfitSession(failure)
                ? "Do that, or give the database's own address"
                : "See that its database runs and that url, user and password are right";
    }

    @Override
    public String sentence(SQLException failure) {
        return answer(failure).map(ServerErrorMessage::getMessage).orElseGet(() -> Dialect.super.sentence(failure));
    }

    /** The field of that name. */
    @Override
    public String detail(SQLException failure) {
        return answer(failure).map(ServerErrorMessage::getDetail).orElseGet(() -> Dialect.super.detail(failure));
    }

    /** By the place in the server that refuses it, as its driver tells it: it has no SQLSTATE of its own. */
    @Override
    public boolean isOfOutdatedPlan(SQLException failure) {
        return answer(failure)
                .map(ServerErrorMessage::getRoutine)
                .filter(OUTDATED_PLAN::contains)
                .isPresent();
    }

    /** Whether the server called it an error, and not a fatal one. */
    static boolean isError(SQLException failure) {
        return answer(failure)
                .map(ServerErrorMessage::getSeverity)
                .filter("ERROR"::equals)
                .isPresent();
    }

    private static Optional<ServerErrorMessage> answer(SQLException failure) {
        return failure instanceof PSQLException known
                ? Optional.ofNullable(known.getServerErrorMessage())
                : Optional.empty();
    }

    @Override
    public String identityQuery() {
        return "SELECT pg_postmaster_start_time()::text || ' ' || oid::text FROM pg_catalog.pg_database"
                + " WHERE datname = current_database()";
    }

    @Override
    public boolean isStandby(Connection connection) throws SQLException {
        return !Dialect.texts(connection, "SELECT 'yes' WHERE pg_is_in_recovery()")
                .isEmpty();
    }

    @Override
    public String codePointOrder(String text) {
        return text;
    }

    @Override
    public Field<String> codePointOrder(Field<String> text) {
        return text; // the migrations give these columns the collation "C"
    }

    @Override
    public String incarnation() {
        return """
                (SELECT system_identifier FROM pg_control_system())
                || '/' || (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
                || '.' || coalesce(to_regnamespace('ringshard')::oid::text, '')
                || '/' || CASE WHEN pg_is_in_recovery() THEN 'standby' ELSE left(pg_walfile_name(pg_current_wal_lsn()), 8) END""";
    }

    /** What is written and not flushed may be gone after a crash. */
    @Override
    public String logPosition() {
        return "CASE WHEN pg_is_in_recovery() THEN 0 ELSE (pg_current_wal_flush_lsn() - '0/0'::pg_lsn)::bigint END";
    }

    @Override
    public String serverStart() {
        return "(extract(epoch FROM pg_postmaster_start_time()) * 1000000)::bigint";
    }

    @Override
    public Optional<ServerLog> serverLog(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet log = statement.executeQuery(
                        "SELECT %s, %s, %s".formatted(incarnation(), logPosition(), serverStart()))) {
            log.next();
            return Optional.of(new ServerLog(log.getString(1), log.getLong(2), log.getLong(3)));
        }
    }

    @Override
    public Optional<Object> physical(Connection connection) throws SQLException {
        return connection.isWrapperFor(BaseConnection.class)
                ? Optional.of(connection.unwrap(BaseConnection.class))
                : Optional.empty();
    }

    /** Of those that follow, everybody may count the processes that serve them. */
    @Override
    public boolean hasLaggingStandby(Connection connection) throws SQLException {
        return !Dialect.texts(
                        connection,
                        "SELECT 'yes' WHERE current_setting('synchronous_standby_names') = ''"
                                + " AND EXISTS (SELECT FROM pg_catalog.pg_stat_replication)")
                .isEmpty();
    }

    /** A row's place tells it apart within one file only: of partitions, by the token that so many rows reach. */
    @Override
    public int deleteBatch(DSLContext dsl, ShardedTable table, TokenRange range, int rows) {
        boolean isPartitioned = dsl.fetchSingle(
                        "SELECT relkind = 'p' FROM pg_catalog.pg_class WHERE oid = CAST(? AS regclass)", table.name())
                .get(0, Boolean.class);
        String statement = isPartitioned
                ? "DELETE FROM %1$s WHERE %2$s BETWEEN %3$d AND coalesce((SELECT %2$s FROM %1$s WHERE %2$s BETWEEN %3$d AND %4$d ORDER BY %2$s OFFSET %5$d - 1 LIMIT 1), %4$d)"
                : "DELETE FROM ONLY %1$s WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s BETWEEN %3$d AND %4$d LIMIT %5$d))";
        return dsl.execute(statement.formatted(table.name(), token(table), range.first(), range.last(), rows));
    }

    /**
     * By the counters that follow every commit, where they are known since the last time that the table was read whole. They are
     * lost in a crash: then by the planner's guess, which knows the size of the file.
     */
    @Override
    public Optional<TableSize> size(Connection connection, String table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SIZE)) {
            statement.setString(1, table);
            statement.setString(2, table);
            try (ResultSet size = statement.executeQuery()) {
                size.next();
                long bytes = size.getLong(1);
                if (size.wasNull()) {
                    return Optional.empty();
                }
                long rows = size.getBoolean(2) ? size.getLong(3) : plannedRows(connection, table);
                return Optional.of(new TableSize(rows, bytes <= SMALL));
            }
        }
    }

    /** Whole pages of the table, so that the others are not read. */
    @Override
    public Optional<String> sample(String table, double part) {
        return Optional.of("%s TABLESAMPLE SYSTEM (%s) REPEATABLE (1)"
                .formatted(
                        table,
                        new BigDecimal(100 * part).setScale(6, RoundingMode.UP).toPlainString()));
    }

    @Override
    public long analysedRows(Connection connection, String table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(ANALYSED_ROWS)) {
            statement.setString(1, table);
            statement.setString(2, table);
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        }
    }

    @Override
    public Optional<String> analysing(String table) {
        return Optional.of("ANALYZE " + table);
    }

    private static long plannedRows(Connection connection, String table) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet plan = statement.executeQuery("EXPLAIN SELECT 1 FROM " + table)) {
            Matcher rows = PLANNED_ROWS.matcher(plan.next() ? plan.getString(1) : "");
            return rows.find() ? Long.parseLong(rows.group(1)) : 0;
        }
    }

    /** Inlined by the planner, so that it matches an index on the same expression. */
    @Override
    public String token(ShardedTable table, String qualifier) {
        return table.token().map(column -> qualifier + column).orElseGet(() -> "ringshard.token((%s)::text)"
                .formatted(qualifier + table.key().orElseThrow()));
    }

    /** As stored, which may be compressed. */
    @Override
    public String bytes(String column) {
        return "pg_column_size(%s)".formatted(column);
    }

    /** By bytes: columns of different collations could not be sorted together. */
    @Override
    public String keyText(String column) {
        return "(%s)::text COLLATE \"C\"".formatted(column);
    }

    @Override
    public boolean hasSharedRowLocks() {
        return true;
    }

    @Override
    public Optional<PostgresRows> streamedRows() {
        return Optional.of(new PostgresRows());
    }

    @Override
    public Optional<String> isOneOf(List<String> columns, List<String> types, List<List<String>> values) {
        List<String> arrays = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            int column = i;
            String[] texts = values.stream().map(value -> value.get(column)).toArray(String[]::new);
            arrays.add("%s::%s[]".formatted(DSL.inline(texts), COUNTED_TYPES.getOrDefault(types.get(i), types.get(i))));
        }
        return Optional.of(
                "(%s) IN (SELECT * FROM unnest(%s))".formatted(String.join(", ", columns), String.join(", ", arrays)));
    }

    @Override
    public boolean changesSeveralTables() {
        return true;
    }

    /** Each column the seed of the hash of the one before, as rows can be equally far apart. */
    @Override
    public Optional<String> hashOfRows(String... columns) {
        String hash = columns[columns.length - 1];
        for (int i = columns.length - 2; i >= 0; i--) {
            hash = "hashint8extended(%s, %s)".formatted(columns[i], hash);
        }
        return Optional.of("bit_xor(%s)".formatted(hash));
    }

    @Override
    public boolean hasAdvisoryLocks() {
        return true;
    }

    @Override
    public boolean runsStatementsTogether() {
        return true;
    }

    /**
     * The driver sends a Sync before a statement whose rows may be long, and with it the server commits what came before. It
     * knows how long they may be only of a statement that it has had described, which it does for parameters whose type it
     * leaves to the server; and never for a statement of one use.
     */
    @Override
    public void keepTogether(PreparedStatement statement, @Nullable Object... parameters) throws SQLException {
        BaseConnection connection = statement.getConnection().unwrap(BaseConnection.class);
        if (!sendsTogether(connection)) {
            throw new InvalidInputException("""
                    A connection is set to preferQueryMode=simple or prepareThreshold=-1. By the first, a statement and the \
                    check of its key are two transactions; by the second, the driver cannot send both. Nothing was run. Take \
                    that setting out of the shard's url.""");
        }
        boolean stringsHaveAType = connection.getStringVarcharFlag();
        for (Object parameter : parameters) {
            if (!hasAType(parameter, stringsHaveAType)) {
                statement.unwrap(PGStatement.class).setPrepareThreshold(0);
                return;
            }
        }
    }

    @Override
    public boolean sendsTogether(Connection connection) throws SQLException {
        return connection.isWrapperFor(BaseConnection.class) && sendsTogether(connection.unwrap(BaseConnection.class));
    }

    private static boolean sendsTogether(BaseConnection connection) {
        return connection.getPreferQueryMode() != PreferQueryMode.SIMPLE && connection.getPrepareThreshold() >= 0;
    }

    private static boolean hasAType(@Nullable Object parameter, boolean stringsHaveAType) {
        return parameter instanceof Number
                || parameter instanceof Boolean
                || parameter instanceof UUID
                || parameter instanceof byte[]
                || (parameter instanceof String && stringsHaveAType);
    }
}
