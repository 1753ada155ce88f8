package dev.ringshard.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLNonTransientException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * Rows that belong to a routed statement. A proxy, because all but three of the 195 methods of a result set are the database's own.
 *
 * @param statement null of metadata
 * @param isOfEnded whether the transaction has ended that gave them
 */
record RoutedResultSet(
        ResultSet rows,
        RoutedConnection connection,
        @Nullable Statement statement,
        boolean isOfEnded,
        FailedFetch failures,
        Closing closing)
        implements InvocationHandler {

    /** What a failure that was met while rows are fetched means. */
    @FunctionalInterface
    interface FailedFetch {
        SQLException of(SQLException failure);
    }

    /** What is done once the rows are closed. */
    @FunctionalInterface
    interface Closing {
        void run() throws SQLException;
    }

    /** Rows of metadata. */
    static ResultSet of(ResultSet rows, RoutedConnection connection, FailedFetch failures, Closing closing) {
        return of(rows, connection, null, false, failures, closing);
    }

    static ResultSet of(
            ResultSet rows,
            RoutedConnection connection,
            @Nullable Statement statement,
            boolean isOfEnded,
            FailedFetch failures,
            Closing closing) {
        return (ResultSet) Proxy.newProxyInstance(
                RoutedResultSet.class.getClassLoader(),
                new Class<?>[] {ResultSet.class},
                new RoutedResultSet(rows, connection, statement, isOfEnded, failures, closing));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        switch (method.getName()) {
            case "getStatement" -> {
                requireOpen();
                return statement;
            }
            case "unwrap", "isWrapperFor" -> {
                if (arguments != null && arguments[0] instanceof Class<?> type && type.isInstance(proxy)) {
                    requireOpen();
                    return method.getName().equals("unwrap") ? proxy : true;
                }
                return method.getName().equals("unwrap") && arguments != null && arguments[0] instanceof Class<?> type
                        ? connection.unwrapped(rows, type)
                        : StatementScript.invoke(rows, method, arguments);
            }
            case "insertRow", "updateRow", "deleteRow" -> {
                if (isOfEnded) {
                    throw SqlFailures.notSupported("""
                            A row was to be written through rows of autocommit, whose transaction has ended with the query. Nothing \
                            was written. Call setAutoCommit(false) before the query, and commit after %s.""".formatted(method.getName()));
                }
                return forward(method, arguments);
            }
            case "close" -> {
                close();
                return null;
            }
            case "equals" -> {
                return arguments != null && proxy == arguments[0];
            }
            default -> {
                return forward(method, arguments);
            }
        }
    }

    private @Nullable Object forward(Method method, @Nullable Object @Nullable [] arguments) throws SQLException {
        try {
            return connection.guarded(StatementScript.invoke(rows, method, arguments));
        } catch (SQLException failure) {
            throw failures.of(failure);
        }
    }

    private void requireOpen() throws SQLException {
        if (rows.isClosed()) {
            throw new SQLNonTransientException("These rows are closed.", SqlFailures.CURSOR_STATE);
        }
    }

    private void close() throws SQLException {
        if (!rows.isClosed()) {
            rows.close();
            closing.run();
        }
    }
}
