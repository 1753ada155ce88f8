package dev.ringshard.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLNonTransientException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** An empty result set that no database gave: the generated keys of a statement that has none. */
final class NoRows implements InvocationHandler {
    private final Statement statement;
    private boolean isClosed;

    private NoRows(Statement statement) {
        this.statement = statement;
    }

    static ResultSet of(Statement statement) {
        return (ResultSet) Proxy.newProxyInstance(
                NoRows.class.getClassLoader(), new Class<?>[] {ResultSet.class}, new NoRows(statement));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws SQLException {
        return switch (method.getName()) {
            case "equals" -> arguments != null && proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            case "toString" -> "no rows";
            case "isClosed" -> isClosed;
            case "close" -> {
                isClosed = true;
                yield null;
            }
            default -> {
                if (isClosed) {
                    throw new SQLNonTransientException("These rows are closed.", SqlFailures.CURSOR_STATE);
                }
                yield whileOpen(proxy, method, arguments);
            }
        };
    }

    private @Nullable Object whileOpen(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws SQLException {
        return switch (method.getName()) {
            case "next", "isBeforeFirst", "isAfterLast", "isFirst", "isLast", "wasNull" -> false;
            case "getStatement" -> statement;
            case "getType" -> ResultSet.TYPE_FORWARD_ONLY;
            case "getConcurrency" -> ResultSet.CONCUR_READ_ONLY;
            case "getHoldability" -> ResultSet.CLOSE_CURSORS_AT_COMMIT;
            case "getFetchDirection" -> ResultSet.FETCH_FORWARD;
            case "getFetchSize", "getRow" -> 0;
            case "getWarnings", "clearWarnings", "setFetchSize", "setFetchDirection" -> null;
            case "isWrapperFor" -> arguments != null && arguments[0] instanceof Class<?> type && type.isInstance(proxy);
            case "unwrap" -> {
                if (arguments != null && arguments[0] instanceof Class<?> type && type.isInstance(proxy)) {
                    yield proxy;
                }
                throw SqlFailures.notSupported("No database gave these rows, so they wrap none of its own.");
            }
            default ->
                throw new SQLNonTransientException(
                        "There are no rows: the statement has generated no keys, or was not made to return them.",
                        SqlFailures.CURSOR_STATE);
        };
    }
}
