package dev.ringshard.jdbc;

import dev.ringshard.failure.RingshardException;
import dev.ringshard.internal.shard.FailureKind;
import dev.ringshard.internal.shard.GuardedPart;
import dev.ringshard.internal.shard.ShardTransaction;
import java.lang.reflect.Method;
import java.sql.Array;
import java.sql.Blob;
import java.sql.ClientInfoStatus;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.NClob;
import java.sql.ResultSet;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLNonTransientException;
import java.sql.SQLWarning;
import java.sql.SQLXML;
import java.sql.Savepoint;
import java.sql.ShardingKey;
import java.sql.Statement;
import java.sql.Struct;
import java.sql.Wrapper;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A connection for a key. It holds none of the database's between transactions: the first statement of a transaction begins it on
 * the shard that owns the key, and its end gives that connection back. For one thread at a time, but for {@link #abort} and
 * {@link #isClosed}.
 */
final class RoutedConnection extends PreparingConnection {
    private final OwnerTransactions transactions;
    private final SessionSettings session = new SessionSettings();
    private final Set<RoutedStatement> statements = ConcurrentHashMap.newKeySet();
    private final Map<ShardTransaction, ResultSet> answers = new ConcurrentHashMap<>();
    private @Nullable ShardKey key;
    private boolean isOfThread;
    private @Nullable ShardKey keyOfTransaction;
    private volatile @Nullable ShardTransaction transaction;
    private boolean isLost;
    private boolean autoCommit = true;
    private boolean readOnly;
    private int isolation = TRANSACTION_READ_COMMITTED;
    private volatile boolean isClosed;

    private RoutedConnection(OwnerTransactions transactions, @Nullable ShardKey key, boolean isOfThread) {
        this.transactions = transactions;
        this.key = key;
        this.isOfThread = isOfThread;
    }

    /** For a key, whatever that of the thread is. */
    static RoutedConnection of(OwnerTransactions transactions, ShardKey key) {
        return new RoutedConnection(transactions, key, false);
    }

    /** For the key that the thread has, or, if it has none, that it has when a transaction begins. */
    static RoutedConnection ofThread(OwnerTransactions transactions) {
        return new RoutedConnection(transactions, ShardKey.bound().orElse(null), true);
    }

    // ---- transactions

    /** The transaction that has begun; null before its first statement, and in autocommit. */
    @Nullable
    ShardTransaction current() {
        return transaction;
    }

    /** The transaction, which begins with the first call. */
    ShardTransaction transaction() throws SQLException {
        requireOpen();
        if (isLost) {
            throw new SQLNonTransientException(
                    "The connection to the shard was lost in this transaction. Nothing of it was written. Roll back, and repeat it.",
                    SqlFailures.FAILED_TRANSACTION);
        }
        ShardKey current = key();
        ShardTransaction begun = transaction;
        if (begun == null) {
            begun = beginAlone(readOnly);
            keyOfTransaction = current;
            take(begun);
        }
        return begun;
    }

    /** Whether a transaction may begin with the next statement. */
    boolean mayBegin() {
        return transaction == null && !isLost;
    }

    /** Goes on in a transaction that a statement has begun on the owner of the key. */
    void begun(ShardTransaction withStatement) throws SQLException {
        if (!isClosed) {
            keyOfTransaction = key();
        }
        take(withStatement);
    }

    /** INVARIANT: whoever aborts this connection finds the transaction here, or the transaction finds that it is closed. */
    private void take(ShardTransaction begun) throws SQLException {
        transaction = begun;
        if (isClosed) {
            end(begun);
            requireOpen();
        }
    }

    /** Begins a transaction of its own, which the caller closes. */
    ShardTransaction beginAlone(boolean reads) throws SQLException {
        ShardTransaction begun = transactions.begin(key(), reads, isolation);
        try {
            requireOpen(); // also of whoever has aborted it meanwhile
            session.apply(begun);
            return begun;
        } catch (SQLException failure) {
            begun.close();
            throw failure;
        }
    }

    /** Begins a transaction on any shard, for what is alike on all of them; the caller closes it. */
    ShardTransaction beginAnywhere() throws SQLException {
        requireOpen();
        return transactions.anywhere();
    }

    /** Whether a statement has a key to work for. */
    boolean hasKey() {
        return key != null || (isOfThread && ShardKey.bound().isPresent());
    }

    /** Whether the next transaction needs nothing that it has to be told first. */
    boolean hasDefaultSession() {
        return session.areDefault() && isolation == TRANSACTION_READ_COMMITTED;
    }

    TogetherStatement.Ending together(TogetherStatement statement) throws SQLException {
        return transactions
                .onOwner(
                        key(),
                        // a statement that is lost with its connection is repeated, but not on one that was aborted
                        (owner, token) -> isClosed ? TogetherStatement.Ending.IN_STEPS : statement.on(owner, token))
                .orElse(TogetherStatement.Ending.IN_STEPS);
    }

    /** The key for which the next statement works. */
    private ShardKey key() throws SQLException {
        requireOpen();
        ShardKey ofThread = isOfThread ? ShardKey.bound().orElse(null) : null;
        ShardKey known = keyOfTransaction != null ? keyOfTransaction : key != null ? key : ofThread;
        if (known == null) {
            throw new SQLNonTransientConnectionException("""
                    This connection has no key, so nobody knows on which shard it is to work. Nothing was done. Call within \
                    ShardKey.with(key, …), build it by createConnectionBuilder().shardingKey(key).build(), or call \
                    setShardingKey first.""", SqlFailures.NO_CONNECTION);
        }
        if (ofThread != null && !known.covers(ofThread) && !transactions.covers(known, ofThread)) {
            throw SqlFailures.transactionState("""
                    The thread works for another key now than when this connection was got, so the rows that are meant may be on \
                    another shard. The statement was not run. Get a connection within the inner work, in a transaction of its \
                    own; or name all keys outside: ShardKey.with(List.of(…), …).""");
        }
        return known;
    }

    /** A transaction for whoever takes the database's own connection out of this one. */
    ShardTransaction transactionToUnwrap() throws SQLException {
        if (autoCommit) {
            throw SqlFailures.notSupported("""
                    The database's connection was asked for in autocommit, where each statement takes one of its own. Nothing was \
                    done. Call setAutoCommit(false) first; what is unwrapped is good until the transaction ends.""");
        }
        return transaction();
    }

    void notePossibleSessionChange(ShardTransaction begun, @Nullable String sql, boolean calls) throws SQLException {
        if (calls || (sql != null && begun.shard().dialect().mayChangeSession(sql))) {
            begun.changesSession();
        }
    }

    /** What a failure of the database's means to the caller. */
    SQLException failed(ShardTransaction failing, SQLException failure) {
        failing.met(failure);
        return switch (FailureKind.of(failure)) {
            case NOT_OWNER -> SqlFailures.strayRow(failing.shard().name(), failure);
            case DISCONNECTED -> {
                isLost |= failing == transaction;
                yield SqlFailures.lost(failing.shard().name(), failure);
            }
            case CONTENTION, READ_ONLY, DUPLICATE, OUT_OF_RANGE, DENIED, RESTORED, OTHER -> failure;
        };
    }

    private void requireTransactions() throws SQLException {
        requireOpen();
        if (autoCommit) {
            throw SqlFailures.transactionState("Each statement commits by itself: call setAutoCommit(false) first.");
        }
    }

    private void requireNoTransaction(String what) throws SQLException {
        requireOpen();
        if (transaction != null) {
            throw SqlFailures.transactionState(
                    "%s cannot change within a transaction. Nothing was changed. Commit or roll back first."
                            .formatted(what));
        }
    }

    @Override
    public void commit() throws SQLException {
        requireTransactions();
        ShardTransaction ending = transaction;
        if (ending == null) {
            return;
        }
        boolean wasLost = isLost;
        try {
            if (wasLost) {
                throw SqlFailures.lost(ending.shard().name(), null);
            }
            ending.commit();
        } catch (RingshardException failure) {
            throw SqlFailures.of(failure);
        } finally {
            end(ending);
        }
    }

    @Override
    public void rollback() throws SQLException {
        requireTransactions();
        ShardTransaction ending = transaction;
        if (ending != null) {
            end(ending);
        }
    }

    private void end(ShardTransaction ending) {
        transaction = null;
        keyOfTransaction = null;
        isLost = false;
        ending.close();
    }

    @Override
    public void setAutoCommit(boolean commits) throws SQLException {
        requireOpen();
        if (commits != autoCommit) {
            if (commits) {
                commit();
            }
            autoCommit = commits;
        }
    }

    @Override
    public boolean getAutoCommit() throws SQLException {
        requireOpen();
        return autoCommit;
    }

    @Override
    public void setReadOnly(boolean reads) throws SQLException {
        requireNoTransaction("Whether it only reads");
        readOnly = reads;
    }

    @Override
    public boolean isReadOnly() throws SQLException {
        requireOpen();
        return readOnly;
    }

    @Override
    public void setTransactionIsolation(int level) throws SQLException {
        requireNoTransaction("The isolation level");
        isolation = switch (level) {
            case TRANSACTION_READ_UNCOMMITTED, TRANSACTION_READ_COMMITTED -> TRANSACTION_READ_COMMITTED;
            case TRANSACTION_REPEATABLE_READ, TRANSACTION_SERIALIZABLE -> level;
            default ->
                throw new SQLNonTransientException(
                        "There is no isolation level %d. Nothing was changed.".formatted(level), SqlFailures.INVALID);
        };
    }

    @Override
    public int getTransactionIsolation() throws SQLException {
        requireOpen();
        return isolation;
    }

    @Override
    public Savepoint setSavepoint() throws SQLException {
        requireTransactions();
        return inTransaction(Connection::setSavepoint);
    }

    @Override
    public Savepoint setSavepoint(String name) throws SQLException {
        requireTransactions();
        return inTransaction(connection -> connection.setSavepoint(name));
    }

    @Override
    public void rollback(Savepoint savepoint) throws SQLException {
        requireTransactions();
        inTransaction(connection -> {
            connection.rollback(savepoint);
            return true;
        });
    }

    @Override
    public void releaseSavepoint(Savepoint savepoint) throws SQLException {
        requireTransactions();
        inTransaction(connection -> {
            connection.releaseSavepoint(savepoint);
            return true;
        });
    }

    // ---- keys

    @Override
    public void setShardingKey(@Nullable ShardingKey shardingKey) throws SQLException {
        setShardingKey(shardingKey, null);
    }

    @Override
    public void setShardingKey(@Nullable ShardingKey shardingKey, @Nullable ShardingKey superShardingKey)
            throws SQLException {
        ShardKey next = own(shardingKey, superShardingKey);
        requireNoTransaction("The key");
        key = next;
        isOfThread = false;
    }

    @Override
    public boolean setShardingKeyIfValid(@Nullable ShardingKey shardingKey, int timeout) throws SQLException {
        return setShardingKeyIfValid(shardingKey, null, timeout);
    }

    /** A key is valid if a shard says that it owns it, and several if one shard owns them all; none is not. */
    @Override
    public boolean setShardingKeyIfValid(
            @Nullable ShardingKey shardingKey, @Nullable ShardingKey superShardingKey, int timeout)
            throws SQLException {
        requireTimeout(timeout);
        ShardKey next = own(shardingKey, superShardingKey);
        requireNoTransaction("The key");
        boolean isValid = next != null && transactions.isOwned(next, timeout == 0 ? null : Duration.ofSeconds(timeout));
        if (isValid) {
            key = next;
            isOfThread = false;
        }
        return isValid;
    }

    static @Nullable ShardKey own(@Nullable ShardingKey shardingKey, @Nullable ShardingKey superShardingKey)
            throws SQLException {
        if (superShardingKey != null) {
            throw shardingKey == null
                    ? new SQLNonTransientException(
                            "A super sharding key was given without a sharding key. Nothing was done.",
                            SqlFailures.INVALID)
                    : SqlFailures.notSupported(
                            "A super sharding key was given. Nothing was done. A key here is one value, and needs none.");
        }
        if (shardingKey == null || shardingKey instanceof ShardKey) {
            return (ShardKey) shardingKey;
        }
        throw new SQLNonTransientException(
                "A sharding key of the class %s was given. Nothing was done. Make it by createShardingKeyBuilder() of this data source, or ShardKey.of."
                        .formatted(shardingKey.getClass().getName()),
                SqlFailures.INVALID);
    }

    private static void requireTimeout(int seconds) throws SQLException {
        if (seconds < 0) {
            throw new SQLNonTransientException(
                    "A time-out of %d s was given, where 0 is the least. Nothing was done.".formatted(seconds),
                    SqlFailures.INVALID);
        }
    }

    // ---- life

    @Override
    void requireOpen() throws SQLException {
        if (isClosed) {
            throw new SQLNonTransientConnectionException("This connection is closed.", SqlFailures.NO_CONNECTION);
        }
    }

    /** Rolls back what was not committed, and gives back what it holds; again, it does nothing. */
    @Override
    public void close() throws SQLException {
        if (isClosed) {
            return;
        }
        isClosed = true;
        for (RoutedStatement statement : statements) {
            statement.forgetLast();
        }
        statements.clear();
        for (Map.Entry<ShardTransaction, ResultSet> answer : answers.entrySet()) {
            answer.getValue().close();
            answer.getKey().close();
        }
        answers.clear();
        ShardTransaction ending = transaction;
        if (ending != null) {
            end(ending);
        }
    }

    @Override
    public boolean isClosed() {
        return isClosed;
    }

    @Override
    public void abort(@Nullable Executor executor) throws SQLException {
        if (executor == null) {
            throw new SQLNonTransientException("abort needs an executor. Nothing was done.", SqlFailures.INVALID);
        }
        if (isClosed) {
            return;
        }
        isClosed = true;
        executor.execute(this::discard);
    }

    private void discard() {
        statements.forEach(RoutedStatement::discard);
        statements.clear();
        answers.keySet().forEach(ShardTransaction::close);
        ShardTransaction running = transaction;
        transaction = null;
        if (running != null) {
            running.discard();
            running.close();
        }
    }

    /** Asks the database only within a transaction: between two there is no connection that could have been lost. */
    @Override
    public boolean isValid(int timeout) throws SQLException {
        requireTimeout(timeout);
        ShardTransaction begun = transaction;
        return !isClosed && !isLost && (begun == null || begun.connection().isValid(timeout));
    }

    // ---- statements, which PreparingConnection makes

    @Override
    <T extends Statement> T added(Class<T> type, StatementScript.Kind kind) {
        RoutedStatement statement = new RoutedStatement(this, new StatementScript(kind));
        statements.add(statement);
        return statement.as(type);
    }

    void forget(RoutedStatement statement) {
        statements.remove(statement);
    }

    // ---- values, and what is alike on all shards

    /** Work on a connection of the database's. */
    @FunctionalInterface
    interface Question<T extends @Nullable Object> {
        T of(Connection connection) throws SQLException;
    }

    private <T extends @Nullable Object> T inTransaction(Question<T> question) throws SQLException {
        ShardTransaction begun = transaction();
        try {
            return question.of(begun.connection());
        } catch (SQLException failure) {
            throw failed(begun, failure);
        }
    }

    /** In the transaction, or on any shard. */
    private <T extends @Nullable Object> T anywhereOrHere(Question<T> question) throws SQLException {
        requireOpen();
        return transaction == null ? anywhere(question) : inTransaction(question);
    }

    /** On any shard; what it answers in rows is there until the rows, or this connection, are closed. */
    <T extends @Nullable Object> T anywhere(Question<T> question) throws SQLException {
        ShardTransaction asked = beginAnywhere();
        boolean isKept = false;
        try {
            T answer = question.of(asked.connection());
            if (answer instanceof ResultSet rows) {
                isKept = true;
                answers.put(asked, rows);
                @SuppressWarnings("unchecked") // a result set as well
                T wrapped = (T) RoutedResultSet.of(rows, this, failure -> failed(asked, failure), () -> {
                    answers.remove(asked);
                    asked.close();
                });
                return wrapped;
            }
            return answer;
        } catch (SQLException failure) {
            throw failed(asked, failure);
        } finally {
            if (!isKept) {
                asked.close();
            }
        }
    }

    /** In the transaction, where values may belong to it; in autocommit on any shard. */
    private <T> T made(Question<T> question) throws SQLException {
        requireOpen();
        return autoCommit ? anywhere(question) : inTransaction(question);
    }

    @Override
    public DatabaseMetaData getMetaData() throws SQLException {
        requireOpen();
        return RoutedMetaData.of(this);
    }

    @Override
    public String nativeSQL(String sql) throws SQLException {
        return anywhereOrHere(connection -> connection.nativeSQL(sql));
    }

    @Override
    public Clob createClob() throws SQLException {
        return made(Connection::createClob);
    }

    @Override
    public Blob createBlob() throws SQLException {
        return made(Connection::createBlob);
    }

    @Override
    public NClob createNClob() throws SQLException {
        return made(Connection::createNClob);
    }

    @Override
    public SQLXML createSQLXML() throws SQLException {
        return made(Connection::createSQLXML);
    }

    @Override
    public Array createArrayOf(String type, Object[] elements) throws SQLException {
        return made(connection -> (Array) Objects.requireNonNull(guarded(connection.createArrayOf(type, elements))));
    }

    @Override
    public Struct createStruct(String type, Object[] attributes) throws SQLException {
        return made(connection -> connection.createStruct(type, attributes));
    }

    // ---- the session

    /** Ignored, as of databases whose connections are to one catalog. */
    @Override
    public void setCatalog(@Nullable String catalog) throws SQLException {
        requireOpen();
    }

    @Override
    public @Nullable String getCatalog() throws SQLException {
        return anywhereOrHere(Connection::getCatalog);
    }

    @Override
    public void setSchema(@Nullable String schema) throws SQLException {
        requireNoTransaction("The schema");
        session.schema(schema);
    }

    @Override
    public @Nullable String getSchema() throws SQLException {
        requireOpen();
        return session.schema() == null ? anywhereOrHere(Connection::getSchema) : session.schema();
    }

    @Override
    public void setClientInfo(String name, @Nullable String value) throws SQLClientInfoException {
        requireOpenForClientInfo();
        if (value == null) {
            session.clientInfo().remove(name);
        } else {
            session.clientInfo().setProperty(name, value);
        }
    }

    @Override
    public void setClientInfo(Properties properties) throws SQLClientInfoException {
        requireOpenForClientInfo();
        session.clientInfo().clear();
        session.clientInfo().putAll(properties);
    }

    private void requireOpenForClientInfo() throws SQLClientInfoException {
        if (isClosed || transaction != null) {
            throw new SQLClientInfoException(
                    isClosed
                            ? "This connection is closed."
                            : "Client information cannot change within a transaction. Nothing was changed.",
                    Map.<String, ClientInfoStatus>of());
        }
    }

    @Override
    public @Nullable String getClientInfo(String name) throws SQLException {
        requireOpen();
        return session.clientInfo().getProperty(name);
    }

    @Override
    public Properties getClientInfo() throws SQLException {
        requireOpen();
        return (Properties) session.clientInfo().clone();
    }

    @Override
    public void setNetworkTimeout(@Nullable Executor executor, int millis) throws SQLException {
        requireNoTransaction("The network time-out");
        requireTimeout(millis);
        session.networkTimeoutMillis(millis);
    }

    @Override
    public int getNetworkTimeout() throws SQLException {
        requireOpen();
        return session.networkTimeoutMillis();
    }

    @Override
    public @Nullable SQLWarning getWarnings() throws SQLException {
        requireOpen();
        return transaction == null ? null : inTransaction(Connection::getWarnings);
    }

    @Override
    public void clearWarnings() throws SQLException {
        requireOpen();
        if (transaction != null) {
            inTransaction(connection -> {
                connection.clearWarnings();
                return true;
            });
        }
    }

    @Override
    public Map<String, Class<?>> getTypeMap() throws SQLException {
        requireOpen();
        return Map.of();
    }

    @Override
    public void setTypeMap(@Nullable Map<String, Class<?>> map) throws SQLException {
        requireOpen();
        if (map != null && !map.isEmpty()) {
            throw SqlFailures.notSupported(
                    "A type map was given. Nothing was done. Hand it to getObject instead, where the driver has a use for it.");
        }
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        if (type.isInstance(this)) {
            return type.cast(this);
        }
        ShardTransaction begun = transactionToUnwrap();
        begun.changesSession();
        return unwrapped(begun.connection(), type);
    }

    /** What is unwrapped of something of the database's, without what would end the transaction past this connection. */
    <T> T unwrapped(Wrapper wrapper, Class<T> type) throws SQLException {
        return GuardedPart.unwrapped(wrapper, type, this, RoutedConnection::check);
    }

    /** What something of the database's gives, so that nobody comes past this connection by way of it. */
    @Nullable
    Object guarded(@Nullable Object given) {
        return given instanceof Array || given instanceof ResultSet
                ? GuardedPart.of(given, this, RoutedConnection::check)
                : given;
    }

    private static void check(Method method, @Nullable Object @Nullable [] arguments) throws SQLException {
        if (GuardedPart.endsTransaction(method, arguments)) {
            throw SqlFailures.transactionState("""
                    %s was called on the database's own connection, past the one that keeps its key on its shard. That call has done \
                    nothing. Call it on the connection that the data source gave.""".formatted(method.getName()));
        }
        String sql = GuardedPart.text(method, arguments);
        if (sql != null) {
            StatementText.of(sql).requireNoTransactionControl();
        }
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return type.isInstance(this) || (!autoCommit && inTransaction(connection -> connection.isWrapperFor(type)));
    }

    @Override
    public String toString() {
        return "a connection for " + (key == null ? List.of() : key);
    }
}
