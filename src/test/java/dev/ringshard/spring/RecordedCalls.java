package dev.ringshard.spring;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Which methods of JDBC's interfaces were called on what a data source gave. Thread-safe. */
final class RecordedCalls {
    /** The narrower one first. */
    private static final List<Class<?>> TYPES = List.of(
            DataSource.class,
            Connection.class,
            CallableStatement.class,
            PreparedStatement.class,
            Statement.class,
            ResultSet.class,
            DatabaseMetaData.class,
            ResultSetMetaData.class,
            ParameterMetaData.class);

    private final Map<Class<?>, Set<String>> calls = new ConcurrentHashMap<>();
    private final Set<String> refused = new ConcurrentSkipListSet<>();

    DataSource of(DataSource dataSource) {
        return (DataSource) recorded(dataSource);
    }

    /** The names of an interface's methods that were called. */
    Set<String> of(Class<?> type) {
        return new TreeSet<>(calls.getOrDefault(type, Set.of()));
    }

    /** The names of an interface's methods that were not. */
    Set<String> rest(Class<?> type) {
        Set<String> rest =
                Stream.of(type.getMethods()).map(Method::getName).collect(Collectors.toCollection(TreeSet::new));
        rest.removeAll(of(type));
        return rest;
    }

    /** What was answered by a failure, but where a client looks whether a statement is still open. */
    Set<String> refusedButOfClosed() {
        return refused;
    }

    private Object recorded(Object target) {
        Class<?> type =
                TYPES.stream().filter(one -> one.isInstance(target)).findFirst().orElse(null);
        if (type == null) {
            return target;
        }
        return Proxy.newProxyInstance(
                RecordedCalls.class.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> called(type, target, proxy, method, arguments));
    }

    private @Nullable Object called(
            Class<?> type, Object target, Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        if (method.getDeclaringClass() == Object.class) {
            return method.getName().equals("equals")
                    ? arguments != null && proxy == arguments[0]
                    : method.invoke(target, arguments);
        }
        calls.computeIfAbsent(type, one -> new ConcurrentSkipListSet<>()).add(method.getName());
        try {
            Object answer = method.invoke(target, arguments);
            return answer == null ? null : recorded(answer);
        } catch (InvocationTargetException failed) {
            if (!(target instanceof Statement statement && statement.isClosed())) {
                refused.add(type.getSimpleName() + "." + method.getName() + Arrays.toString(method.getParameterTypes())
                        + ": " + failed.getCause());
            }
            throw failed.getCause();
        }
    }
}
