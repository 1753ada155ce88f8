package dev.ringshard.internal.shard;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Array;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Wrapper;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a connection gives, and that leads back to it: statements, their rows, arrays, metadata, and what is unwrapped by an
 * interface. Each gives the guarded connection instead, so that no caller reaches the database's own on the way.
 *
 * @param statement the guarded one that gave these rows; null if it is not known
 */
public record GuardedPart(
        Object part,
        Connection guarded,
        Guard guard,
        @Nullable Object statement) implements InvocationHandler {
    private static final List<Class<?>> PARTS = List.of(
            CallableStatement.class,
            PreparedStatement.class,
            Statement.class,
            ResultSet.class,
            DatabaseMetaData.class,
            Array.class);

    /** Refuses calls that would end the transaction. */
    @FunctionalInterface
    public interface Guard {
        /** Throws for such a call. */
        void check(Method method, @Nullable Object @Nullable [] arguments) throws Exception;
    }

    /** Whether a call of a connection's ends its transaction, gives the connection away, or changes what the transaction is. */
    public static boolean endsTransaction(Method method, @Nullable Object @Nullable [] arguments) {
        if (!Connection.class.isAssignableFrom(method.getDeclaringClass())) {
            return false;
        }
        return switch (method.getName()) {
            case "commit", "close", "abort", "setTransactionIsolation", "setReadOnly", "beginRequest", "endRequest" ->
                true;
            case "rollback" -> arguments == null; // and not to a savepoint
            case "setAutoCommit" -> arguments != null && Boolean.TRUE.equals(arguments[0]);
            default -> false;
        };
    }

    /** The text of a statement, where a call sends one, or will: by JDBC, or by what PostgreSQL's driver has of its own. */
    public static @Nullable String text(Method method, @Nullable Object @Nullable [] arguments) {
        String name = method.getName();
        boolean sends = name.startsWith("prepare") || name.startsWith("exec") || name.equals("addBatch");
        return sends && arguments != null && arguments.length > 0 && arguments[0] instanceof String sql ? sql : null;
    }

    /** As it is, unless it leads back to the connection. */
    public static @Nullable Object of(@Nullable Object given, Connection guarded, Guard guard) {
        return of(given, guarded, guard, null);
    }

    private static @Nullable Object of(
            @Nullable Object given, Connection guarded, Guard guard, @Nullable Object statement) {
        if (given == null || given instanceof String || given instanceof Number) { // most of what rows give
            return given;
        }
        for (Class<?> part : PARTS) {
            if (part.isInstance(given)) {
                return proxy(part, new GuardedPart(given, guarded, guard, statement));
            }
        }
        return given;
    }

    /**
     * What is unwrapped: of an interface it is guarded. A class cannot be; what is done by it is noticed at the end of the work.
     *
     * @throws SQLException if it is no wrapper for that
     */
    public static <T> T unwrapped(Wrapper wrapper, Class<T> type, Connection guarded, Guard guard) throws SQLException {
        T given = wrapper.unwrap(type);
        return type.isInterface() ? type.cast(proxy(type, new GuardedPart(given, guarded, guard, null))) : given;
    }

    private static Object proxy(Class<?> type, GuardedPart part) {
        ClassLoader ofDriver = type.getClassLoader();
        return Proxy.newProxyInstance(
                ofDriver == null ? GuardedPart.class.getClassLoader() : ofDriver, new Class<?>[] {type}, part);
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        if (method.getDeclaringClass()
                != ResultSet.class) { // by which nothing is sent, and which is called for each value
            guard.check(method, arguments);
        }
        return switch (method.getName()) {
            case "getConnection" -> guarded;
            case "getStatement" -> statement != null ? statement : given(proxy, method, arguments);
            case "equals" -> arguments != null && proxy == arguments[0];
            case "unwrap" ->
                arguments != null && arguments[0] instanceof Class<?> type && part instanceof Wrapper wrapper
                        ? type.isInstance(proxy) ? proxy : unwrapped(wrapper, type, guarded, guard)
                        : given(proxy, method, arguments);
            default -> given(proxy, method, arguments);
        };
    }

    private @Nullable Object given(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        return of(invoked(part, method, arguments), guarded, guard, part instanceof Statement ? proxy : null);
    }

    /** Does a call, with the driver's own arrays: it takes those of others by their text only. */
    static @Nullable Object invoked(Object on, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        try {
            return method.invoke(on, bare(arguments));
        } catch (InvocationTargetException failed) {
            throw failed.getTargetException();
        }
    }

    /** Arguments, with the driver's own arrays in place of guarded ones. */
    public static @Nullable Object @Nullable [] bare(@Nullable Object @Nullable [] arguments) {
        if (arguments == null) {
            return null;
        }
        @Nullable Object[] bare = arguments;
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i] instanceof Array array
                    && Proxy.isProxyClass(array.getClass())
                    && Proxy.getInvocationHandler(array) instanceof GuardedPart guarded) {
                bare = bare == arguments ? arguments.clone() : bare;
                bare[i] = guarded.part;
            }
        }
        return bare;
    }
}
