package dev.ringshard.jdbc;

import dev.ringshard.failure.RingshardException;
import dev.ringshard.internal.shard.FailureKind;
import dev.ringshard.internal.shard.ShardTransaction;
import dev.ringshard.scatter.ShardPart;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLNonTransientException;
import java.sql.Statement;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * A statement that runs on all shards at once. What it is told before stands in its {@link StatementScript}, which is played to a
 * statement on each. A proxy, because most methods are either noted or refused.
 */
final class AllShardsStatement implements InvocationHandler {
    static final int FETCH_SIZE = 1000;

    private final AllShardsConnection connection;
    private final StatementScript script;
    private final Queue<Statement> running = new ConcurrentLinkedQueue<>();
    private @Nullable AllShardsRows rows;
    private @Nullable ShardTransaction described;
    private volatile boolean isClosed;
    private boolean closesOnCompletion;

    AllShardsStatement(AllShardsConnection connection, StatementScript script) {
        this.connection = connection;
        this.script = script;
    }

    <T extends Statement> T as(Class<T> type) {
        return type.cast(
                Proxy.newProxyInstance(AllShardsStatement.class.getClassLoader(), new Class<?>[] {type}, this));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        return switch (method.getName()) {
            case "equals" -> arguments != null && proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            case "toString" ->
                script.kind().sql() == null
                        ? "a statement on all shards"
                        : script.kind().sql();
            case "close" -> {
                close();
                yield null;
            }
            case "isClosed" -> isClosed || connection.isClosed();
            case "cancel" -> {
                cancel();
                yield null;
            }
            default -> {
                requireOpen();
                if (method.isDefault() && method.getName().matches("enquote.*|isSimple.*")) {
                    yield InvocationHandler.invokeDefault(proxy, method, arguments);
                }
                yield whileOpen((Statement) proxy, method, arguments);
            }
        };
    }

    private @Nullable Object whileOpen(Statement proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws SQLException {
        return switch (method.getName()) {
            case "getConnection" -> connection.asConnection();
            case "executeQuery" -> run(proxy, arguments);
            case "execute" -> {
                run(proxy, arguments);
                yield true;
            }
            case "executeUpdate", "executeLargeUpdate", "executeBatch", "executeLargeBatch", "addBatch" ->
                throw QueryText.readOnly(null);
            case "getResultSet" -> rows == null ? null : rows.asResultSet();
            case "getUpdateCount" -> -1;
            case "getLargeUpdateCount" -> -1L;
            case "getMoreResults" -> {
                forgetRows();
                yield false;
            }
            case "getMetaData", "getParameterMetaData" -> StatementScript.invoke(described(), method, arguments);
            case "getWarnings", "clearWarnings" -> null;
            case "closeOnCompletion" -> {
                closesOnCompletion = true;
                yield null;
            }
            case "isCloseOnCompletion" -> closesOnCompletion;
            case "isWrapperFor" -> arguments != null && arguments[0] instanceof Class<?> type && type.isInstance(proxy);
            case "unwrap" -> unwrap(proxy, arguments);
            default -> recordOrRefuse(method, arguments);
        };
    }

    private static Object unwrap(Statement proxy, @Nullable Object @Nullable [] arguments) throws SQLException {
        if (arguments != null && arguments[0] instanceof Class<?> type && type.isInstance(proxy)) {
            return proxy;
        }
        throw SqlFailures.notSupported(
                "A statement on all shards stands before several of the database's, and wraps none of them.");
    }

    private @Nullable Object recordOrRefuse(Method method, @Nullable Object @Nullable [] arguments)
            throws SQLException {
        if (script.notes(method, arguments)) {
            return null;
        }
        Object setting = script.setting(method.getName());
        if (setting != null) {
            return setting;
        }
        throw SqlFailures.notSupported(
                "%s makes no sense for a statement on all shards, which only reads. Nothing was done."
                        .formatted(method.getName()));
    }

    private ResultSet run(Statement proxy, @Nullable Object @Nullable [] arguments) throws SQLException {
        forgetRows();
        QueryText query = query(arguments);
        query.requireOneQuery();
        if (!script.isRepeatable()) {
            throw SqlFailures.notSupported(
                    "A stream was given as a parameter, which can be read once, and there are several shards. Nothing was run. Give a text or bytes.");
        }
        AllShardsConnection.Lease lease = connection.lease(query);
        try {
            Map<String, AllShardsRows.Part> parts =
                    lease.snapshots().gather(part -> execute(part, query)).parts();
            AllShardsRows opened =
                    AllShardsRows.of(parts.values(), connection.order(), proxy, mostRows(), () -> completed(lease));
            rows = opened;
            return opened.asResultSet();
        } catch (RingshardException failure) {
            end(lease);
            throw FailureKind.of(failure) == FailureKind.READ_ONLY
                    ? QueryText.readOnly(failure)
                    : SqlFailures.of(failure);
        } catch (SQLException | RuntimeException failure) {
            end(lease);
            throw failure;
        }
    }

    private QueryText query(@Nullable Object @Nullable [] arguments) throws SQLException {
        if (arguments != null
                && arguments.length > 1
                && !Integer.valueOf(Statement.NO_GENERATED_KEYS).equals(arguments[1])) {
            throw SqlFailures.notSupported(
                    "Generated keys were asked for, and over all shards nothing is written. Nothing was run.");
        }
        String prepared = script.kind().sql();
        script.requireTextOnce(arguments);
        return QueryText.of(prepared != null ? prepared : String.valueOf(arguments == null ? null : arguments[0]));
    }

    /** On one shard, by a thread of its own. */
    private AllShardsRows.Part execute(ShardPart part, QueryText query) throws SQLException {
        if (!part.isReadOnly()) {
            query.requireOnlyReading();
        }
        Statement statement = script.kind().origin().on(part.connectionFor(query.sql()));
        running.add(statement);
        statement.setFetchSize(FETCH_SIZE);
        script.play(statement, true);
        ResultSet found = statement instanceof PreparedStatement prepared
                ? prepared.executeQuery()
                : statement.executeQuery(query.sql());
        return new AllShardsRows.Part(part, found);
    }

    private long mostRows() {
        long rowsAtMost = ((Number) Objects.requireNonNull(script.setting("getMaxRows"))).longValue();
        long largeMost = ((Number) Objects.requireNonNull(script.setting("getLargeMaxRows"))).longValue();
        return Math.max(rowsAtMost, largeMost) == 0 ? Long.MAX_VALUE : Math.max(rowsAtMost, largeMost);
    }

    /** The rows were closed. */
    private void completed(AllShardsConnection.Lease lease) throws SQLException {
        rows = null;
        end(lease);
        if (closesOnCompletion) {
            close();
        }
    }

    private void end(AllShardsConnection.Lease lease) {
        if (lease.isAlone()) {
            running.clear();
            lease.snapshots().close();
            return;
        }
        for (Statement statement = running.poll(); statement != null; statement = running.poll()) {
            try {
                statement.close();
            } catch (SQLException gone) {
                // its connection is lost, which the next query will tell
            }
        }
    }

    /** A statement on any shard, to be asked about itself. */
    private PreparedStatement described() throws SQLException {
        String sql = script.kind().sql();
        if (sql == null) {
            throw new SQLNonTransientException("Only a prepared statement can be asked that.", SqlFailures.SEQUENCE);
        }
        forgetDescribed();
        ShardTransaction asked = connection.anywhere();
        described = asked;
        return asked.connection().prepareStatement(sql);
    }

    private void forgetDescribed() {
        ShardTransaction asked = described;
        described = null;
        if (asked != null) {
            asked.close();
        }
    }

    void forgetRows() throws SQLException {
        AllShardsRows open = rows;
        if (open != null) {
            open.close();
        }
    }

    /** From any thread. */
    void cancel() throws SQLException {
        for (Statement statement : running) {
            statement.cancel();
        }
    }

    void close() throws SQLException {
        if (!isClosed) {
            isClosed = true;
            connection.forget(this);
            forgetDescribed();
            forgetRows();
        }
    }

    private void requireOpen() throws SQLException {
        if (isClosed || connection.isClosed()) {
            throw new SQLNonTransientException("This statement is closed.", SqlFailures.NO_CONNECTION);
        }
    }
}
