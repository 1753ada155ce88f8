package dev.ringshard.internal.shard;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.PoolConfig;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.ring.TokenRange;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.h2.api.ErrorCode;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;
import org.jspecify.annotations.Nullable;

/** H2 2.x, in memory or in a file. */
record H2Dialect() implements Dialect {
    private static final Transactions TRANSACTIONS = new H2Transactions();
    private static final DatabaseCatalog CATALOG = new H2Catalog();
    private static final Fencing FENCING = new H2Fencing(new H2Dialect());
    private static final Lock DEFINING = new ReentrantLock();

    /**
     * Under load, a statement has been seen to wait out its whole lock time-out for a row that nobody held for long.
     * Short waits, which the retry loop repeats, bound what that costs.
     */
    private static final Duration LONGEST_LOCK_WAIT = Duration.ofMillis(500);

    /** As many rows are counted in a few milliseconds. */
    private static final long SMALL = 20_000;

    @Override
    public DatabaseKind kind() {
        return DatabaseKind.H2;
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
        return Optional.empty();
    }

    @Override
    public Optional<PostgresRemoval> removal() {
        return Optional.empty();
    }

    @Override
    public Optional<PostgresDefinitions> definitions() {
        return Optional.empty();
    }

    @Override
    public String migrations() {
        return "h2";
    }

    @Override
    public SQLDialect jooq() {
        return SQLDialect.H2;
    }

    @Override
    public String folded(String name) {
        return name.toUpperCase(Locale.ROOT);
    }

    @Override
    public int oldestServer() {
        return 2;
    }

    @Override
    public Driver driver() {
        return new org.h2.Driver();
    }

    @Override
    public Properties driverProperties(PoolConfig pool) {
        return new Properties();
    }

    @Override
    public Optional<ServerLog> beginSession(Connection connection, PoolConfig pool, String url) throws SQLException {
        Duration wait = pool.lockTimeout().compareTo(LONGEST_LOCK_WAIT) < 0 ? pool.lockTimeout() : LONGEST_LOCK_WAIT;
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCK_TIMEOUT " + wait.toMillis());
        }
        return Optional.empty();
    }

    @Override
    public boolean mayChangeSession(String sql) {
        return SessionChange.isPossibleOnH2(sql);
    }

    /** There is no statement for it. */
    @Override
    public boolean resetSession(Connection connection) {
        return false;
    }

    @Override
    public boolean isPooled(Connection connection) {
        return false;
    }

    @Override
    public String whereToLook(Throwable failure) {
        return FailureKind.isOpenElsewhere(failure)
                ? "Another process has its file open: end that one, such as a 'serve', or use PostgreSQL, where many can"
                : "See that its file or server may be read and written, and that url, user and password are right";
    }

    @Override
    public String identityQuery() {
        return "SELECT COALESCE(DATABASE_PATH(), 'memory ' || DATABASE())";
    }

    @Override
    public boolean isStandby(Connection connection) {
        return false;
    }

    @Override
    public String codePointOrder(String text) {
        return "STRINGTOUTF8(%s)".formatted(text); // bytes, which sort as code points do; never fetched
    }

    @Override
    public Field<String> codePointOrder(Field<String> text) {
        return DSL.function(
                "stringtoutf8", SQLDataType.VARCHAR, text); // bytes, which sort as code points do; never fetched
    }

    /** H2 knows no such thing; its files come back as they were copied. */
    @Override
    public String incarnation() {
        return "'" + ServerLog.UNKNOWN.line() + "'";
    }

    @Override
    public String logPosition() {
        return String.valueOf(ServerLog.UNKNOWN.position());
    }

    @Override
    public String serverStart() {
        return "0";
    }

    @Override
    public Optional<ServerLog> serverLog(Connection connection) {
        return Optional.empty();
    }

    @Override
    public Optional<Object> physical(Connection connection) {
        return Optional.empty();
    }

    @Override
    public boolean hasLaggingStandby(Connection connection) {
        return false;
    }

    @Override
    public int deleteBatch(DSLContext dsl, ShardedTable table, TokenRange range, int rows) {
        return dsl.execute("DELETE FROM %s WHERE %s BETWEEN %d AND %d FETCH FIRST %d ROWS ONLY"
                .formatted(table.name(), token(table), range.first(), range.last(), rows));
    }

    /** H2 keeps the count of a whole table. */
    @Override
    public Optional<TableSize> size(Connection connection, String table) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM " + table)) {
            long rows = row.next() ? row.getLong(1) : 0;
            return Optional.of(new TableSize(rows, rows <= SMALL));
        } catch (SQLException failure) {
            if (failure.getErrorCode() == ErrorCode.TABLE_OR_VIEW_NOT_FOUND_1
                    || failure.getErrorCode() == ErrorCode.SCHEMA_NOT_FOUND_1) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    /** H2 counts what it changes. */
    @Override
    public long analysedRows(Connection connection, String table) {
        return 0;
    }

    @Override
    public Optional<String> analysing(String table) {
        return Optional.empty();
    }

    /** Of a table without a stored token, {@code init} adds a column that H2 generates. */
    @Override
    public String token(ShardedTable table, String qualifier) {
        return qualifier + table.token().orElse(GENERATED_TOKEN);
    }

    @Override
    public Optional<String> sample(String table, double part) {
        return Optional.empty();
    }

    /** As text, about. */
    @Override
    public String bytes(String column) {
        return "CHAR_LENGTH(CAST(%s AS VARCHAR))".formatted(column);
    }

    @Override
    public String keyText(String column) {
        return "CAST(%s AS VARCHAR)".formatted(column);
    }

    /** H2 adds a column by making a copy of the table, of another name for a moment. Its databases belong to one process. */
    @Override
    public <T> T defining(Supplier<T> work) {
        DEFINING.lock();
        try {
            return work.get();
        } finally {
            DEFINING.unlock();
        }
    }

    @Override
    public boolean hasSharedRowLocks() {
        return false;
    }

    @Override
    public Optional<PostgresRows> streamedRows() {
        return Optional.empty();
    }

    @Override
    public Optional<String> isOneOf(List<String> columns, List<String> types, List<List<String>> values) {
        return Optional.empty();
    }

    @Override
    public boolean changesSeveralTables() {
        return false;
    }

    @Override
    public Optional<String> hashOfRows(String... columns) {
        return Optional.empty();
    }

    @Override
    public boolean hasAdvisoryLocks() {
        return false;
    }

    @Override
    public boolean runsStatementsTogether() {
        return false;
    }

    @Override
    public boolean sendsTogether(Connection connection) {
        return false;
    }

    /** They never are together. */
    @Override
    public void keepTogether(PreparedStatement statement, @Nullable Object... parameters) {}
}
