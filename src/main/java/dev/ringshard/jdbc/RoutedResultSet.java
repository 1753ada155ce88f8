package dev.ringshard.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * Rows that belong to a routed statement. A proxy, because all but three of the 195 methods of a result set are the database's own.
 *
 * @param statement null of metadata
 */
record RoutedResultSet(ResultSet rows, @Nullable Statement statement, FailedFetch failures, Closing closing)
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

    static ResultSet of(ResultSet rows, @Nullable Statement statement, FailedFetch failures, Closing closing) {
        return (ResultSet) Proxy.newProxyInstance(
                RoutedResultSet.class.getClassLoader(),
                new Class<?>[] {ResultSet.class},
                new RoutedResultSet(rows, statement, failures, closing));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        switch (method.getName()) {
            case "getStatement" -> {
                return statement;
            }
            case "close" -> {
                close();
                return null;
            }
            case "equals" -> {
                return arguments != null && proxy == arguments[0];
            }
            default -> {
                try {
                    return StatementScript.invoke(rows, method, arguments);
                } catch (SQLException failure) {
                    throw failures.of(failure);
                }
            }
        }
    }

    private void close() throws SQLException {
        if (!rows.isClosed()) {
            rows.close();
            closing.run();
        }
    }
}
