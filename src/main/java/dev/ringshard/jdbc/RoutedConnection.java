package dev.ringshard.jdbc;

import dev.ringshard.internal.shard.GuardedPart;
import dev.ringshard.internal.shard.ShardTransaction;
import java.lang.reflect.Method;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.NClob;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLNonTransientException;
import java.sql.SQLXML;
import java.sql.Savepoint;
import java.sql.ShardingKey;
import java.sql.Statement;
import java.sql.Struct;
import java.sql.Wrapper;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A connection for a key. It holds none of the database's between transactions: the first statement of a transaction begins it on
 * the shard that owns the key, and its end gives that connection back. For one thread at a time, but for {@link #abort} and
 * {@link #isClosed}.
 */
final class RoutedConnection extends SessionConnection {
    private final Set<RoutedStatement> statements = ConcurrentHashMap.newKeySet();
    private final RoutedTransaction transaction;
    private final AnyShardAnswers anyShard;
    private volatile boolean isClosed;

    private RoutedConnection(OwnerTransactions owners, @Nullable ShardKey key, boolean isOfThread) {
        this.transaction = new RoutedTransaction(this, owners, settings, key, isOfThread);
        this.anyShard = new AnyShardAnswers(this, owners);
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

    @Override
    RoutedTransaction transaction() {
        return transaction;
    }

    /** What is asked of any shard. */
    AnyShardAnswers anyShard() {
        return anyShard;
    }

    /** Whether the next transaction needs nothing that it has to be told first. */
    boolean hasDefaultSettings() {
        return settings.areDefault();
    }

    /** A transaction for a caller that takes the database's own connection out of this one. */
    ShardTransaction transactionToUnwrap() throws SQLException {
        if (settings.autoCommit()) {
            throw SqlFailures.notSupported("""
                    The database's connection was asked for in autocommit, where each statement takes one of its own. Nothing was \
                    done. Call setAutoCommit(false) first; what is unwrapped is good until the transaction ends.""");
        }
        return transaction.running();
    }

    private void requireTransactions() throws SQLException {
        requireOpen();
        if (settings.autoCommit()) {
            throw SqlFailures.transactionState("Each statement commits by itself: call setAutoCommit(false) first.");
        }
    }

    @Override
    public void commit() throws SQLException {
        requireTransactions();
        transaction.commit();
    }

    @Override
    public void rollback() throws SQLException {
        requireTransactions();
        transaction.rollback();
    }

    @Override
    public void setAutoCommit(boolean commits) throws SQLException {
        requireOpen();
        if (commits != settings.autoCommit()) {
            if (commits) {
                commit();
            }
            settings.autoCommit(commits);
        }
    }

    @Override
    public boolean getAutoCommit() throws SQLException {
        requireOpen();
        return settings.autoCommit();
    }

    @Override
    public Savepoint setSavepoint() throws SQLException {
        requireTransactions();
        return transaction.ask(Connection::setSavepoint);
    }

    @Override
    public Savepoint setSavepoint(String name) throws SQLException {
        requireTransactions();
        return transaction.ask(connection -> connection.setSavepoint(name));
    }

    @Override
    public void rollback(Savepoint savepoint) throws SQLException {
        requireTransactions();
        transaction.ask(connection -> {
            connection.rollback(savepoint);
            return true;
        });
    }

    @Override
    public void releaseSavepoint(Savepoint savepoint) throws SQLException {
        requireTransactions();
        transaction.ask(connection -> {
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
        transaction.requireNone("The key");
        transaction.setKey(next);
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
        transaction.requireNone("The key");
        boolean isValid = next != null && transaction.isOwned(next, timeout == 0 ? null : Duration.ofSeconds(timeout));
        if (isValid) {
            transaction.setKey(next);
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
        anyShard.close();
        transaction.rollback();
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
        anyShard.discard();
        transaction.discard();
    }

    @Override
    public boolean isValid(int timeout) throws SQLException {
        requireTimeout(timeout);
        return !isClosed && transaction.isValid(timeout);
    }

    // ---- statements, which PreparingConnection makes

    @Override
    <T extends Statement> T register(Class<T> type, StatementScript.Kind kind) {
        RoutedStatement statement = new RoutedStatement(this, new StatementScript(kind));
        statements.add(statement);
        return statement.as(type);
    }

    void forget(RoutedStatement statement) {
        statements.remove(statement);
    }

    // ---- values, and what is alike on all shards

    /** In the transaction, or on any shard. */
    @Override
    <T extends @Nullable Object> T anywhereOrHere(Question<T> question) throws SQLException {
        requireOpen();
        return transaction.current() == null ? anyShard.ask(question) : transaction.ask(question);
    }

    /** In the transaction, where values may belong to it; in autocommit on any shard. */
    private <T> T create(Question<T> question) throws SQLException {
        requireOpen();
        return settings.autoCommit() ? anyShard.ask(question) : transaction.ask(question);
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
        return create(Connection::createClob);
    }

    @Override
    public Blob createBlob() throws SQLException {
        return create(Connection::createBlob);
    }

    @Override
    public NClob createNClob() throws SQLException {
        return create(Connection::createNClob);
    }

    @Override
    public SQLXML createSQLXML() throws SQLException {
        return create(Connection::createSQLXML);
    }

    @Override
    public Array createArrayOf(String type, Object[] elements) throws SQLException {
        return create(connection -> (Array) Objects.requireNonNull(guarded(connection.createArrayOf(type, elements))));
    }

    @Override
    public Struct createStruct(String type, Object[] attributes) throws SQLException {
        return create(connection -> connection.createStruct(type, attributes));
    }

    // ---- the database's own connection

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

    /** What an object of the database's returns, wrapped so that no call on it ends the transaction past this connection. */
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
        return type.isInstance(this)
                || (!settings.autoCommit() && transaction.ask(connection -> connection.isWrapperFor(type)));
    }

    @Override
    public String toString() {
        return "a connection for " + transaction.keyText();
    }
}
