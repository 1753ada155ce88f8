package dev.ringshard.jdbc;

import dev.ringshard.failure.RingshardException;
import dev.ringshard.internal.shard.ShardTransaction;
import dev.ringshard.scatter.ScatterGather;
import dev.ringshard.scatter.Snapshots;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.ClientInfoStatus;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLNonTransientException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A connection to all shards, which only reads. It holds none of theirs before the first query of a transaction, or, in autocommit,
 * between queries. For one thread at a time, but for {@code abort} and {@code isClosed}. A proxy, because most of the 55 methods of
 * a connection make no sense for it, and are refused alike.
 */
final class AllShardsConnection implements InvocationHandler {
    private final ScatterGather scatter;
    private final OwnerTransactions transactions;
    private final RowOrder order;
    private final @Nullable String only;

    /** A connection without a key, which knows what is alike on all shards. */
    private final Connection anyShard;

    private final Connection proxy;
    private final Set<AllShardsStatement> statements = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Snapshots ofTransaction;
    private boolean autoCommit = true;
    private volatile boolean isClosed;

    private AllShardsConnection(
            ScatterGather scatter, OwnerTransactions transactions, RowOrder order, @Nullable String only) {
        this.scatter = scatter;
        this.transactions = transactions;
        this.order = order;
        this.only = only;
        this.anyShard = RoutedConnection.ofThread(transactions);
        this.proxy = (Connection) Proxy.newProxyInstance(
                AllShardsConnection.class.getClassLoader(), new Class<?>[] {Connection.class}, this);
    }

    /** @param only the one shard that it reads; null for all */
    static Connection open(
            ScatterGather scatter, OwnerTransactions transactions, RowOrder order, @Nullable String only) {
        return new AllShardsConnection(scatter, transactions, order, only).proxy;
    }

    RowOrder order() {
        return order;
    }

    Connection asConnection() {
        return proxy;
    }

    @Override
    public @Nullable Object invoke(Object self, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        return switch (method.getName()) {
            case "equals" -> arguments != null && proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            case "toString" -> "a read-only connection to all shards";
            case "isClosed" -> isClosed;
            case "close" -> {
                close();
                yield null;
            }
            case "abort" -> {
                abort();
                yield null;
            }
            case "isValid" -> !isClosed && anyShard.isValid((Integer) argument(arguments, 0));
            default -> {
                requireOpen();
                yield whileOpen(method, arguments);
            }
        };
    }

    private @Nullable Object whileOpen(Method method, @Nullable Object @Nullable [] arguments) throws SQLException {
        return switch (method.getName()) {
            case "createStatement" -> statement(Statement.class, null, arguments, 0);
            case "prepareStatement" ->
                statement(PreparedStatement.class, (String) argument(arguments, 0), arguments, 1);
            case "getAutoCommit" -> autoCommit;
            case "setAutoCommit" -> {
                setAutoCommit((Boolean) argument(arguments, 0));
                yield null;
            }
            case "commit", "rollback" -> {
                end(arguments);
                yield null;
            }
            case "isReadOnly" -> true;
            case "setReadOnly" -> {
                if (!((Boolean) argument(arguments, 0))) {
                    throw SqlFailures.notSupported("A connection to all shards only reads. Nothing was changed.");
                }
                yield null;
            }
            case "getTransactionIsolation" -> Connection.TRANSACTION_REPEATABLE_READ;
            case "setTransactionIsolation" -> {
                requireSnapshots((Integer) argument(arguments, 0));
                yield null;
            }
            case "getHoldability" -> ResultSet.CLOSE_CURSORS_AT_COMMIT;
            case "setHoldability" -> {
                requireClosingCursors(argument(arguments, 0));
                yield null;
            }
            case "getMetaData" -> AllShardsMetaData.of(proxy, anyShard.getMetaData());
            case "nativeSQL", "getCatalog", "getSchema" -> StatementScript.invoke(anyShard, method, arguments);
            case "getWarnings", "clearWarnings", "setCatalog", "beginRequest", "endRequest" -> null;
            case "getTypeMap" -> Map.of();
            case "getNetworkTimeout" -> 0;
            case "getClientInfo" -> arguments == null ? new Properties() : null;
            case "setClientInfo" ->
                throw new SQLClientInfoException(
                        "A connection to all shards takes no client information. Nothing was changed. Name the application in the URLs of the shards.",
                        Map.<String, ClientInfoStatus>of());
            case "isWrapperFor" -> ((Class<?>) argument(arguments, 0)).isInstance(proxy);
            case "unwrap" -> unwrap((Class<?>) argument(arguments, 0));
            default ->
                throw SqlFailures.notSupported(
                        "%s makes no sense for a connection to all shards, which reads by SELECT, each shard in its own session. Nothing was done."
                                .formatted(method.getName()));
        };
    }

    private static Object argument(@Nullable Object @Nullable [] arguments, int place) throws SQLException {
        if (arguments == null || arguments[place] == null) {
            throw new SQLNonTransientException("null was given where a value is needed.", SqlFailures.INVALID);
        }
        return arguments[place];
    }

    private Object unwrap(Class<?> type) throws SQLException {
        if (type.isInstance(proxy)) {
            return proxy;
        }
        throw SqlFailures.notSupported(
                "A connection to all shards stands before several of the database's, and wraps none of class "
                        + type.getName() + ".");
    }

    private Statement statement(
            Class<? extends Statement> type, @Nullable String sql, @Nullable Object @Nullable [] arguments, int first)
            throws SQLException {
        int given = arguments == null ? 0 : arguments.length - first;
        if (given == 1) {
            requireNoKeys(argument(arguments, first));
        } else if (given > 1) {
            requireForwardOnly(argument(arguments, first), argument(arguments, first + 1));
            if (given > 2) {
                requireClosingCursors(argument(arguments, first + 2));
            }
        }
        StatementScript.Origin origin =
                sql == null ? Connection::createStatement : connection -> connection.prepareStatement(sql);
        AllShardsStatement statement =
                new AllShardsStatement(this, new StatementScript(new StatementScript.Kind(type, sql, false, origin)));
        statements.add(statement);
        return statement.as(type);
    }

    private static void requireNoKeys(Object asked) throws SQLException {
        if (!Integer.valueOf(Statement.NO_GENERATED_KEYS).equals(asked)) {
            throw SqlFailures.notSupported(
                    "Generated keys were asked for, and over all shards nothing is written. Nothing was done.");
        }
    }

    private static void requireForwardOnly(Object type, Object concurrency) throws SQLException {
        if (!Integer.valueOf(ResultSet.TYPE_FORWARD_ONLY).equals(type)
                || !Integer.valueOf(ResultSet.CONCUR_READ_ONLY).equals(concurrency)) {
            throw SqlFailures.notSupported("""
                    Rows of all shards are fetched as they are read: forward only, read only. Nothing was done. Ask for \
                    TYPE_FORWARD_ONLY and CONCUR_READ_ONLY.""");
        }
    }

    private static void requireClosingCursors(Object holdability) throws SQLException {
        if (!Integer.valueOf(ResultSet.CLOSE_CURSORS_AT_COMMIT).equals(holdability)) {
            throw SqlFailures.notSupported("Rows of all shards do not outlive their snapshots. Nothing was done.");
        }
    }

    private static void requireSnapshots(int isolation) throws SQLException {
        if (isolation == Connection.TRANSACTION_SERIALIZABLE || isolation == Connection.TRANSACTION_NONE) {
            throw SqlFailures.notSupported(
                    "Over all shards there is one snapshot on each, REPEATABLE READ, and nothing that is serializable across them. Nothing was changed.");
        }
    }

    // ---- snapshots

    /**
     * Snapshots in which a query is exact.
     *
     * @param isAlone whether they are the query's own, and closed with its rows
     */
    record Lease(Snapshots snapshots, boolean isAlone) {}

    Lease lease(QueryText query) throws SQLException {
        requireOpen();
        Snapshots known = ofTransaction;
        try {
            if (known == null) {
                known = snapshots(query);
            } else if (only == null && !query.leavesOutWhatMoves() && !known.areAtRest()) {
                throw known.restless();
            }
        } catch (RingshardException failure) {
            throw SqlFailures.of(failure);
        }
        if (!autoCommit) {
            ofTransaction = known;
        }
        return new Lease(known, autoCommit);
    }

    private Snapshots snapshots(QueryText query) {
        if (only != null) {
            return scatter.snapshotOf(only);
        }
        return query.leavesOutWhatMoves() ? scatter.snapshots() : scatter.snapshotsAtRest();
    }

    /** A transaction on any shard, to be asked what a statement is like; the caller closes it. */
    ShardTransaction anywhere() throws SQLException {
        return transactions.anywhere();
    }

    private void setAutoCommit(boolean wanted) throws SQLException {
        if (wanted != autoCommit) {
            endTransaction();
            autoCommit = wanted;
        }
    }

    private void end(@Nullable Object @Nullable [] arguments) throws SQLException {
        if (arguments != null) {
            throw SqlFailures.notSupported("There are no savepoints where nothing is written. Nothing was done.");
        }
        if (autoCommit) {
            throw SqlFailures.transactionState("Each query is a transaction: call setAutoCommit(false) first.");
        }
        endTransaction();
    }

    private void endTransaction() throws SQLException {
        for (AllShardsStatement statement : statements) {
            statement.forgetRows();
        }
        closeSnapshots();
    }

    private void closeSnapshots() {
        Snapshots open = ofTransaction;
        ofTransaction = null;
        if (open != null) {
            open.close();
        }
    }

    private void close() throws SQLException {
        if (isClosed) {
            return;
        }
        isClosed = true;
        try {
            for (AllShardsStatement statement : List.copyOf(statements)) {
                statement.close();
            }
        } finally {
            closeSnapshots();
            anyShard.close();
        }
    }

    /** From any thread: what runs is cancelled. */
    private void abort() throws SQLException {
        for (AllShardsStatement statement : statements) {
            statement.cancel();
        }
        close();
    }

    boolean isClosed() {
        return isClosed;
    }

    void forget(AllShardsStatement statement) {
        statements.remove(statement);
    }

    private void requireOpen() throws SQLException {
        if (isClosed) {
            throw new SQLNonTransientException("This connection is closed.", SqlFailures.NO_CONNECTION);
        }
    }

    /** What any shard says of itself, which is right of all of them but for some. */
    private record AllShardsMetaData(Connection connection, DatabaseMetaData anyShard) implements InvocationHandler {
        static DatabaseMetaData of(Connection connection, DatabaseMetaData anyShard) {
            return (DatabaseMetaData) Proxy.newProxyInstance(
                    AllShardsMetaData.class.getClassLoader(),
                    new Class<?>[] {DatabaseMetaData.class},
                    new AllShardsMetaData(connection, anyShard));
        }

        @Override
        public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
                throws Throwable {
            return switch (method.getName()) {
                case "equals" -> arguments != null && proxy == arguments[0];
                case "getConnection" -> connection;
                case "isReadOnly" -> true;
                case "isWrapperFor" ->
                    arguments != null && arguments[0] instanceof Class<?> type && type.isInstance(proxy);
                case "unwrap" -> {
                    if (arguments != null && arguments[0] instanceof Class<?> type && type.isInstance(proxy)) {
                        yield proxy;
                    }
                    throw SqlFailures.notSupported("What all shards are like is asked of any, and wraps none.");
                }
                case "supportsSavepoints",
                        "supportsBatchUpdates",
                        "supportsGetGeneratedKeys",
                        "supportsStoredProcedures",
                        "supportsSharding" -> false;
                case "supportsResultSetType" ->
                    arguments != null
                            && Integer.valueOf(ResultSet.TYPE_FORWARD_ONLY).equals(arguments[0]);
                case "supportsResultSetConcurrency" ->
                    arguments != null
                            && Integer.valueOf(ResultSet.TYPE_FORWARD_ONLY).equals(arguments[0])
                            && Integer.valueOf(ResultSet.CONCUR_READ_ONLY).equals(arguments[1]);
                default -> StatementScript.invoke(anyShard, method, arguments);
            };
        }
    }
}
