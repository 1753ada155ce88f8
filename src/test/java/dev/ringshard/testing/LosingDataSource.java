package dev.ringshard.testing;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Data sources whose connections get lost, once, when something is sent for the nth time over any of them. Thread-safe. */
public final class LosingDataSource {
    private static final List<Class<?>> TYPES =
            List.of(Connection.class, CallableStatement.class, PreparedStatement.class, Statement.class);

    private final AtomicInteger left = new AtomicInteger();

    /** From now on the nth that is sent loses its connection, before it has got to the server; from 1, and 0 for none. */
    public void loseAt(int number) {
        left.set(number);
    }

    /** Whether it has come to that. */
    public boolean hasLost() {
        return left.get() <= 0;
    }

    /** A data source whose connections are of another one. */
    public DataSource of(DataSource source) {
        return proxy(DataSource.class, source, null);
    }

    private <T> T proxy(Class<T> type, Object real, @Nullable Connection connection) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    if (connection != null && sends(method) && left.getAndDecrement() == 1) {
                        connection.abort(Runnable::run);
                        throw new SQLException("lost by the test", "08006");
                    }
                    Object result = invoke(real, method, arguments);
                    Class<?> returned = method.getReturnType();
                    if (result == null
                            || !TYPES.contains(returned)
                            || method.getName().equals("unwrap")) {
                        return result;
                    }
                    return proxy(returned, result, returned == Connection.class ? (Connection) result : connection);
                }));
    }

    private static boolean sends(Method method) {
        return method.getName().startsWith("execute") || method.getName().equals("commit");
    }

    private static @Nullable Object invoke(Object real, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException failed) {
            throw failed.getCause();
        }
    }
}
