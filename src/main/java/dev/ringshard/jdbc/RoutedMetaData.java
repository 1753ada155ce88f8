package dev.ringshard.jdbc;

import dev.ringshard.internal.shard.ShardTransaction;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the databases are like: the answers of the connection's transaction, or of any shard, as the same tables are on all of them.
 * A proxy, because all but a few of the 180 methods are the database's own.
 */
record RoutedMetaData(RoutedConnection connection) implements InvocationHandler {

    static DatabaseMetaData of(RoutedConnection connection) {
        return (DatabaseMetaData) Proxy.newProxyInstance(
                RoutedMetaData.class.getClassLoader(),
                new Class<?>[] {DatabaseMetaData.class},
                new RoutedMetaData(connection));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        return switch (method.getName()) {
            case "equals" -> arguments != null && proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            case "toString" -> "metadata of a routed connection";
            case "getConnection" -> connection;
            case "isWrapperFor" -> isFor(arguments, proxy) || Boolean.TRUE.equals(asked(method, arguments));
            case "unwrap" -> isFor(arguments, proxy) ? proxy : unwrapped(arguments);
            case "supportsSharding" -> true;
            case "getResultSetHoldability" -> ResultSet.CLOSE_CURSORS_AT_COMMIT;
            case "supportsResultSetHoldability" ->
                arguments != null
                        && Integer.valueOf(ResultSet.CLOSE_CURSORS_AT_COMMIT).equals(arguments[0]);
            case "supportsOpenCursorsAcrossCommit" -> false;
            case "supportsOpenStatementsAcrossCommit", "supportsOpenStatementsAcrossRollback" -> true;
            default -> asked(method, arguments);
        };
    }

    private static boolean isFor(@Nullable Object @Nullable [] arguments, Object proxy) {
        return arguments != null && arguments[0] instanceof Class<?> type && type.isInstance(proxy);
    }

    private @Nullable Object unwrapped(@Nullable Object @Nullable [] arguments) throws SQLException {
        ShardTransaction begun = connection.transactionToUnwrap();
        begun.changesSession();
        Class<?> type = (Class<?>) Objects.requireNonNull(arguments)[0];
        return connection.unwrapped(begun.connection().getMetaData(), type);
    }

    private @Nullable Object asked(Method method, @Nullable Object @Nullable [] arguments) throws SQLException {
        connection.requireOpen();
        ShardTransaction current = connection.transaction().current();
        return current == null
                ? connection
                        .anyShard()
                        .<@Nullable Object>ask(any -> StatementScript.invoke(any.getMetaData(), method, arguments))
                : rows(StatementScript.invoke(current.connection().getMetaData(), method, arguments), current);
    }

    private @Nullable Object rows(@Nullable Object answer, ShardTransaction transaction) {
        return answer instanceof ResultSet rows
                ? RoutedResultSet.of(
                        rows, connection, failure -> connection.transaction().failed(transaction, failure), () -> {})
                : answer;
    }
}
