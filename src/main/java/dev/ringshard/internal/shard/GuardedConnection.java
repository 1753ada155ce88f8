package dev.ringshard.internal.shard;

import dev.ringshard.failure.InvalidInputException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import org.jspecify.annotations.Nullable;

/**
 * The connection of a transaction as its work sees it: what would end the transaction, or give the connection away, is refused
 * before it is done; what may leave something behind in the session is noted. What a {@link java.sql.Statement} is told later
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
            throw new InvalidInputException("""
                    The work of a transaction called Connection.%s(). Ringshard commits a transaction once its work has returned, \
                    and rolls it back if the work throws. That call has done nothing. Leave it out; for a part that may fail by \
                    itself there are savepoints.""".formatted(method.getName()));
        }
        if (method.getDeclaringClass() == Object.class && method.getName().equals("equals")) {
            return arguments != null && proxy == arguments[0];
        }
        try {
            if (mayChangeSession(method, arguments)) {
                transaction.changesSession();
            }
            return method.invoke(transaction.connection(), arguments);
        } catch (InvocationTargetException failed) {
            throw failed.getTargetException();
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
