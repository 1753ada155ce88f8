package dev.ringshard.jdbc;

import dev.ringshard.failure.RingshardException;
import dev.ringshard.internal.shard.FailureKind;
import dev.ringshard.internal.shard.ShardTransaction;
import dev.ringshard.jdbc.StatementExecutions.Execution;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLNonTransientException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A statement of a routed connection. It is made of the database's only when it is executed, by when its connection knows the
 * owner, and once for each transaction; what it is told before stands in its {@link StatementScript}. A proxy, because most of the
 * some 230 methods of the three kinds of statements are either noted or handed on, all alike.
 *
 * <p>In autocommit an execution has a transaction of its own, which has ended when it returns; rows are in memory by then, and the
 * database's connection is given back once they are closed.
 */
final class RoutedStatement implements InvocationHandler {
    private final RoutedConnection connection;
    private final StatementScript script;
    private final StatementExecutions executions;
    private @Nullable Object result;
    private @Nullable SQLException whyFailed;
    private @Nullable SQLWarning warnings;
    private long updateCount = -1;
    private boolean isClosed;
    private boolean closesOnCompletion;

    RoutedStatement(RoutedConnection connection, StatementScript script) {
        this.connection = connection;
        this.script = script;
        this.executions = new StatementExecutions(connection, script);
    }

    <T extends Statement> T as(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(RoutedStatement.class.getClassLoader(), new Class<?>[] {type}, this));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        return switch (method.getName()) {
            case "equals" -> arguments != null && proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            case "toString" ->
                script.kind().sql() == null ? "a statement" : script.kind().sql();
            case "close" -> {
                close();
                yield null;
            }
            case "isClosed" -> isClosed || connection.isClosed();
            case "cancel" -> {
                executions.cancel();
                yield null;
            }
            default -> {
                requireOpen();
                yield whileOpen((Statement) proxy, method, arguments);
            }
        };
    }

    private @Nullable Object whileOpen(Statement proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        if (method.isDefault() && method.getName().matches("enquote.*|isSimple.*")) {
            return InvocationHandler.invokeDefault(proxy, method, arguments);
        }
        return switch (method.getName()) {
            case "getConnection" -> connection;
            case "closeOnCompletion" -> {
                closesOnCompletion = true;
                yield null;
            }
            case "isCloseOnCompletion" -> closesOnCompletion;
            case "execute",
                    "executeQuery",
                    "executeUpdate",
                    "executeLargeUpdate",
                    "executeBatch",
                    "executeLargeBatch" -> execute(proxy, method, arguments);
            case "getMetaData", "getParameterMetaData" ->
                StatementScript.invoke(executions.described(), method, arguments);
            case "isWrapperFor" -> isWrapperFor(proxy, (Class<?>) argument(arguments));
            case "unwrap" -> unwrap(proxy, (Class<?>) argument(arguments));
            case "getResultSet", "getGeneratedKeys" -> rowsOf(proxy, method);
            case "getUpdateCount" ->
                executions.hasResults()
                        ? StatementScript.invoke(executions.last(), method, arguments)
                        : (int) updateCount;
            case "getLargeUpdateCount" ->
                executions.hasResults() ? StatementScript.invoke(executions.last(), method, arguments) : updateCount;
            case "getMoreResults" -> moreResults(method, arguments);
            case "getWarnings", "clearWarnings" ->
                executions.hasLast()
                        ? StatementScript.invoke(executions.last(), method, arguments)
                        : warningsOfDone(method);
            default -> recordOrForward(method, arguments);
        };
    }

    private static Object argument(@Nullable Object @Nullable [] arguments) throws SQLException {
        if (arguments == null || arguments[0] == null) {
            throw new SQLNonTransientException("null was given where a value is needed.", SqlFailures.INVALID);
        }
        return arguments[0];
    }

    /** Records a setter, to be replayed on each execution; answers a getter from what was recorded, or else asks the database's statement. */
    private @Nullable Object recordOrForward(Method method, @Nullable Object @Nullable [] arguments)
            throws SQLException {
        if (script.notes(method, arguments)) {
            return null;
        }
        Object setting = script.setting(method.getName());
        return setting != null
                ? setting
                : connection.guarded(StatementScript.invoke(executions.last(), method, arguments));
    }

    private @Nullable Object execute(Statement proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws SQLException {
        boolean isBatch = method.getName().endsWith("Batch");
        if (!isBatch) {
            script.requireTextOnce(arguments);
        }
        String sql = script.isPrepared() || arguments == null ? script.kind().sql() : (String) arguments[0];
        if (sql != null) {
            StatementText.of(sql).requireNoTransactionControl();
        }
        for (String text : script.textsOfBatch()) {
            StatementText.of(text).requireNoTransactionControl();
        }
        updateCount = -1;
        warnings = null;
        try {
            return connection.getAutoCommit()
                    ? alone(proxy, method, arguments, sql)
                    : inTransaction(proxy, method, arguments, sql);
        } finally {
            if (method.getName().endsWith("Batch")) {
                script.forgetBatch();
            }
        }
    }

    private @Nullable Object inTransaction(
            Statement proxy, Method method, @Nullable Object @Nullable [] arguments, @Nullable String sql)
            throws SQLException {
        if (connection.transaction().mayBegin() && beginsTogether(method, arguments, sql)) {
            return resultOf(proxy, method);
        }
        ShardTransaction transaction = connection.transaction().running();
        try {
            notePossibleSessionChange(transaction, sql);
            Statement statement = prepareOn(transaction);
            script.play(statement, true);
            return wrapped(proxy, StatementScript.invoke(statement, method, arguments));
        } catch (SQLException failure) {
            throw connection.transaction().failed(transaction, failure);
        }
    }

    /** The database's statement in this transaction, made at its first use there. */
    private Statement prepareOn(ShardTransaction transaction) throws SQLException {
        Statement known = executions.madeIn(transaction);
        if (known != null) {
            return known;
        }
        forgetLast();
        Statement statement = script.kind().origin().on(transaction.connection());
        executions.began(transaction, statement, false);
        return statement;
    }

    private @Nullable Object alone(
            Statement proxy, Method method, @Nullable Object @Nullable [] arguments, @Nullable String sql)
            throws SQLException {
        forgetLast();
        StatementText text = sql == null ? null : StatementText.of(sql);
        if (text != null && text.asksOfNoRows() && !connection.transaction().hasKey()) {
            return alone(proxy, method, arguments, sql, connection.anyShard().begin());
        }
        boolean isQuery = text != null
                && text.mayOnlyRead()
                && !script.isCallable()
                && !method.getName().endsWith("Batch")
                && script.isRepeatable();
        boolean canBeTogether = canBeTogether(method, arguments, sql);
        if (isQuery || connection.isReadOnly()) {
            TogetherStatement.Ending ending =
                    canBeTogether && sql != null ? together(sql, true, true) : TogetherStatement.Ending.IN_STEPS;
            if (ending == TogetherStatement.Ending.DONE) {
                return resultOf(proxy, method);
            }
            try {
                if (ending == TogetherStatement.Ending.IN_STEPS || connection.isReadOnly()) {
                    return alone(
                            proxy,
                            method,
                            arguments,
                            sql,
                            connection.transaction().beginAlone(true));
                }
            } catch (SQLException refused) {
                if (connection.isReadOnly() || FailureKind.of(refused) != FailureKind.READ_ONLY) {
                    throw refused;
                }
            }
        }
        return canBeTogether && sql != null && together(sql, false, true) == TogetherStatement.Ending.DONE
                ? resultOf(proxy, method)
                : alone(proxy, method, arguments, sql, connection.transaction().beginAlone(false));
    }

    private boolean canBeTogether(Method method, @Nullable Object @Nullable [] arguments, @Nullable String sql)
            throws SQLException {
        return TogetherStatement.isPossible(script, sql, arguments)
                && !method.getName().endsWith("Batch")
                && connection.hasDefaultSettings();
    }

    /** Whether the connection's transaction has begun with this statement. Rows by and by take a statement of their own. */
    private boolean beginsTogether(Method method, @Nullable Object @Nullable [] arguments, @Nullable String sql)
            throws SQLException {
        if (sql == null
                || !canBeTogether(method, arguments, sql)
                || !Integer.valueOf(0).equals(script.setting("getFetchSize"))) {
            return false;
        }
        forgetLast();
        TogetherStatement.Ending ending;
        Execution begun;
        executions.starting(true);
        try {
            ending = together(sql, connection.isReadOnly(), false);
            begun = executions.newest();
            if (begun == null) {
                return false;
            }
            connection.transaction().begun(begun.transaction());
        } finally {
            executions.starting(false);
        }
        if (ending == TogetherStatement.Ending.FAILED) {
            forgetLast();
            throw connection.transaction().failed(begun.transaction(), Objects.requireNonNull(whyFailed));
        }
        return true;
    }

    private TogetherStatement.Ending together(String sql, boolean reads, boolean commits) throws SQLException {
        TogetherStatement.Ending ending = TogetherStatement.Ending.IN_STEPS;
        try {
            ending = connection
                    .transaction()
                    .together(new TogetherStatement(
                            script,
                            sql,
                            reads,
                            commits,
                            (transaction, statement) -> {
                                executions.beganTogether(transaction, statement, commits);
                                connection.requireOpen(); // or the thread that aborts it has found the statement
                            },
                            failed -> whyFailed = failed));
            return ending;
        } finally {
            if (ending != TogetherStatement.Ending.DONE && ending != TogetherStatement.Ending.FAILED) {
                executions.neverBegan();
            }
        }
    }

    /** The result, by the JDBC method that executed it, of a statement that was run together with its transaction and stands on its first result. */
    private @Nullable Object resultOf(Statement proxy, Method method) throws SQLException {
        Statement done = executions.last();
        ResultSet rows = done.getResultSet();
        if (rows == null) {
            updateCount = done.getLargeUpdateCount();
            warnings = done.getWarnings();
            forgetLast();
        } else {
            result = wrappedRows(proxy, rows, true);
        }
        return switch (method.getName()) {
            case "executeQuery" -> {
                if (result == null) {
                    throw new SQLNonTransientException(
                            "The statement was done, and gave no rows; run it by executeUpdate.", "02000");
                }
                yield result;
            }
            case "execute" -> result != null;
            default -> {
                if (result != null) {
                    forgetLast();
                    throw new SQLNonTransientException(
                            "The statement was done, and gave rows; run it by executeQuery.", "0100E");
                }
                yield method.getName().equals("executeUpdate") ? (Object) (int) updateCount : (Object) updateCount;
            }
        };
    }

    private @Nullable Object alone(
            Statement proxy,
            Method method,
            @Nullable Object @Nullable [] arguments,
            @Nullable String sql,
            ShardTransaction transaction)
            throws SQLException {
        boolean isKept = false;
        try {
            notePossibleSessionChange(transaction, sql);
            Statement statement = script.kind().origin().on(transaction.connection());
            script.play(statement, false);
            executions.began(transaction, statement, true);
            Object outcome = StatementScript.invoke(statement, method, arguments);
            isKept = outcome instanceof ResultSet
                    || Boolean.TRUE.equals(outcome)
                    || script.isCallable()
                    || returnsKeys(arguments)
                    || (sql != null && StatementText.of(sql).isSeveral());
            updateCount = countOf(outcome, statement);
            warnings = statement.getWarnings();
            transaction.commit();
            return wrapped(proxy, outcome);
        } catch (SQLException failure) {
            isKept = false;
            throw connection.transaction().failed(transaction, failure);
        } catch (RingshardException failure) {
            isKept = false;
            throw SqlFailures.of(failure);
        } finally {
            if (!isKept) {
                forgetLast();
                transaction.close();
            }
        }
    }

    private void notePossibleSessionChange(ShardTransaction transaction, @Nullable String sql) throws SQLException {
        connection.transaction().notePossibleSessionChange(transaction, sql, script.isCallable());
        for (String text : script.textsOfBatch()) {
            connection.transaction().notePossibleSessionChange(transaction, text, false);
        }
    }

    private static long countOf(@Nullable Object outcome, Statement statement) throws SQLException {
        if (outcome instanceof Number count) {
            return count.longValue();
        }
        return Boolean.FALSE.equals(outcome) ? statement.getLargeUpdateCount() : -1;
    }

    private boolean returnsKeys(@Nullable Object @Nullable [] arguments) {
        return script.kind().returnsKeys()
                || (arguments != null
                        && arguments.length == 2
                        && !Integer.valueOf(Statement.NO_GENERATED_KEYS).equals(arguments[1]));
    }

    /** The same rows whenever they are asked for. */
    private @Nullable Object wrapped(Statement proxy, @Nullable Object outcome) {
        result = outcome instanceof ResultSet rows ? wrappedRows(proxy, rows, true) : null;
        return result == null ? outcome : result;
    }

    private ResultSet wrappedRows(Statement proxy, ResultSet rows, boolean endsExecution) {
        Execution execution = executions.newest();
        return RoutedResultSet.of(
                rows,
                connection,
                proxy,
                execution != null && execution.isAlone(),
                failure ->
                        execution == null ? failure : connection.transaction().failed(execution.transaction(), failure),
                () -> {
                    if (closesOnCompletion) {
                        close();
                    } else if (endsExecution
                            && execution != null
                            && execution.isAlone()
                            && execution.equals(executions.newest())) {
                        forgetLast();
                    }
                });
    }

    private @Nullable Object rowsOf(Statement proxy, Method method) throws SQLException {
        boolean asksForKeys = method.getName().equals("getGeneratedKeys");
        if (!asksForKeys && result != null) {
            return result;
        }
        if (!executions.hasResults()) {
            return asksForKeys ? NoRows.of(proxy) : null;
        }
        Object rows = StatementScript.invoke(executions.last(), method, null);
        if (!(rows instanceof ResultSet found)) {
            return null;
        }
        ResultSet wrapped = wrappedRows(proxy, found, asksForKeys);
        if (!asksForKeys) {
            result = wrapped;
        }
        return wrapped;
    }

    private Object moreResults(Method method, @Nullable Object @Nullable [] arguments) throws SQLException {
        updateCount = -1;
        result = null;
        if (!executions.hasResults()) {
            boolean keepsRows = arguments != null
                    && Integer.valueOf(Statement.KEEP_CURRENT_RESULT).equals(arguments[0]);
            if (!keepsRows) {
                forgetLast();
            }
            return false;
        }
        return Boolean.TRUE.equals(StatementScript.invoke(executions.last(), method, arguments));
    }

    private @Nullable Object warningsOfDone(Method method) {
        if (method.getName().equals("clearWarnings")) {
            warnings = null;
        }
        return warnings;
    }

    private boolean isWrapperFor(Statement proxy, Class<?> type) throws SQLException {
        return type.isInstance(proxy)
                || (!connection.getAutoCommit() && executions.described().isWrapperFor(type));
    }

    private Object unwrap(Statement proxy, Class<?> type) throws SQLException {
        if (type.isInstance(proxy)) {
            return proxy;
        }
        ShardTransaction transaction = connection.transactionToUnwrap();
        transaction.changesSession();
        Statement statement = prepareOn(transaction);
        script.play(statement, true);
        return connection.unwrapped(statement, type);
    }

    private void close() throws SQLException {
        if (!isClosed) {
            isClosed = true;
            connection.forget(this);
            forgetLast();
        }
    }

    /** Gives back what the last execution holds. */
    void forgetLast() throws SQLException {
        result = null;
        executions.giveBack();
    }

    /** Ends what runs, from another thread. */
    void discard() {
        executions.discard();
    }

    private void requireOpen() throws SQLException {
        if (isClosed) {
            throw new SQLNonTransientException("This statement is closed.", SqlFailures.NO_CONNECTION);
        }
        connection.requireOpen();
    }
}
