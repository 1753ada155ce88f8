package dev.ringshard.internal.shard;

import dev.ringshard.failure.InvalidInputException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The connection of a transaction as its work sees it: what would end the transaction, or give the connection away, is refused
 * before it is done, also by way of all that it {@linkplain GuardedPart gives}; what may leave something behind in the session is noted. What a {@link java.sql.Statement} is told later
 * Ringshard does not see, so to make one counts as that.
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
        check(method, arguments);
        if (method.getDeclaringClass() == Object.class && method.getName().equals("equals")) {
            return arguments != null && proxy == arguments[0];
        }
        if (mayChangeSession(method, arguments)) {
            transaction.changesSession();
        }
        Connection guarded = (Connection) proxy;
        if (method.getName().equals("unwrap") && arguments != null && arguments[0] instanceof Class<?> type) {
            return type.isInstance(proxy)
                    ? proxy
                    : GuardedPart.unwrapped(transaction.connection(), type, guarded, this::check);
        }
        return GuardedPart.of(GuardedPart.invoked(transaction.connection(), method, arguments), guarded, this::check);
    }

    /** As a {@link GuardedPart.Guard} of all that it gives. */
    private void check(Method method, @Nullable Object @Nullable [] arguments) throws SQLException {
        if (method.getName().equals("unwrap")) {
            transaction.changesSession();
        }
        if (GuardedPart.endsTransaction(method, arguments)) {
            throw refusal("called Connection.%s()".formatted(method.getName()));
        }
        requireNoTransactionControl(method, arguments);
    }

    private static InvalidInputException refusal(String did) {
        return new InvalidInputException("""
                The work of a transaction %s. Ringshard commits a transaction once its work has returned, and rolls it back if the \
                work throws. That call has done nothing. Leave it out; for a part that may fail by itself there are savepoints.""".formatted(did));
    }

    private static void requireNoTransactionControl(Method method, @Nullable Object @Nullable [] arguments) {
        String sql = GuardedPart.text(method, arguments);
        if (sql != null && Dialect.controlsTransaction(sql)) {
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
                    "setSchema",
                    "setCatalog",
                    "setClientInfo",
                    "setHoldability",
                    "setTypeMap" -> true;
            default -> false;
        };
    }
}
