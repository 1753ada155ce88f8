package dev.ringshard.internal.shard;

import dev.ringshard.failure.InvalidInputException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * The connection of a transaction as its work sees it: what would end the transaction, or give the connection away, is refused
 * before it is done, also by way of its statements; what may leave something behind in the session is noted. What a {@link java.sql.Statement} is told later
 * nobody sees, so to make one counts as that.
 */
public record GuardedConnection(ShardTransaction transaction) implements InvocationHandler {

    /** Of a transaction that has begun. */
    public static Connection of(ShardTransaction transaction) {
        return (Connection) Proxy.newProxyInstance(
                GuardedConnection.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                new GuardedConnection(transaction));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        if (ends(method, arguments)) {
            throw refusal("called Connection.%s()".formatted(method.getName()));
        }
        requireNoTransactionControl(method, arguments);
        if (method.getDeclaringClass() == Object.class && method.getName().equals("equals")) {
            return arguments != null && proxy == arguments[0];
        }
        if (mayChangeSession(method, arguments)) {
            transaction.changesSession();
        }
        Object given = invoked(transaction.connection(), method, arguments);
        return given instanceof Statement || given instanceof DatabaseMetaData
                ? GuardedPart.of(method.getReturnType(), given, (Connection) proxy)
                : given;
    }

    /** What a connection gives, and that tells which one gave it. */
    private record GuardedPart(Object part, Connection guarded) implements InvocationHandler {
        static Object of(Class<?> type, Object part, Connection guarded) {
            return Proxy.newProxyInstance(
                    GuardedConnection.class.getClassLoader(), new Class<?>[] {type}, new GuardedPart(part, guarded));
        }

        @Override
        public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
                throws Throwable {
            requireNoTransactionControl(method, arguments);
            return switch (method.getName()) {
                case "getConnection" -> guarded;
                case "equals" -> arguments != null && proxy == arguments[0];
                default -> invoked(part, method, arguments);
            };
        }
    }

    private static @Nullable Object invoked(Object on, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        try {
            return method.invoke(on, arguments);
        } catch (InvocationTargetException failed) {
            throw failed.getTargetException();
        }
    }

    private static InvalidInputException refusal(String did) {
        return new InvalidInputException("""
                The work of a transaction %s. Ringshard commits a transaction once its work has returned, and rolls it back if the \
                work throws. That call has done nothing. Leave it out; for a part that may fail by itself there are savepoints.""".formatted(did));
    }

    /** Of the text of a statement, as its first argument. */
    private static void requireNoTransactionControl(Method method, @Nullable Object @Nullable [] arguments) {
        if (arguments == null || !(arguments[0] instanceof String sql)) {
            return;
        }
        String name = method.getName();
        boolean sends = name.startsWith("prepare") || name.startsWith("execute") || name.equals("addBatch");
        if (sends && Dialect.controlsTransaction(sql)) {
            throw refusal("sent a statement that begins or ends a transaction, %s".formatted(sql.strip()));
        }
    }

    private boolean mayChangeSession(Method method, @Nullable Object @Nullable [] arguments) {
        return switch (method.getName()) {
            case "prepareStatement" ->
                arguments != null
                        && arguments[0] instanceof String sql
                        && transaction.shard().dialect().mayChangeSession(sql);
            case "createStatement",
                    "prepareCall",
                    "unwrap",
                    "setSchema",
                    "setCatalog",
                    "setClientInfo",
                    "setHoldability",
                    "setTypeMap" -> true;
            default -> false;
        };
    }

    private static boolean ends(Method method, @Nullable Object @Nullable [] arguments) {
        return switch (method.getName()) {
            case "commit", "close", "abort", "setTransactionIsolation", "setReadOnly", "beginRequest", "endRequest" ->
                true;
            case "rollback" -> arguments == null; // and not to a savepoint
            case "setAutoCommit" -> arguments != null && Boolean.TRUE.equals(arguments[0]);
            default -> false;
        };
    }
}
