package dev.ringshard.testing;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.failure.Remedy;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Shards on pools whose connections get lost, once, when something is sent for the nth time over any of them. Thread-safe. */
public final class LosingNetwork implements AutoCloseable {
    /** What a failure says to do that a lost connection explains. */
    public static final Set<Remedy> TRY_AGAIN =
            Set.of(Remedy.RETRY_LATER, Remedy.REFRESH_AND_RETRY, Remedy.ASK_FOR_OUTCOME);

    private static final List<Class<?>> TYPES =
            List.of(Connection.class, CallableStatement.class, PreparedStatement.class, Statement.class);

    private final AtomicInteger left = new AtomicInteger();
    private final Map<String, HikariDataSource> pools = new ConcurrentHashMap<>();

    /** From now on the nth that is sent loses its connection, before it has got to the server; from 1, and 0 for none. */
    public void loseAt(int number) {
        left.set(number);
    }

    /** Whether it has come to that. */
    public boolean hasLost() {
        return left.get() <= 0;
    }

    /** The shard as this network reaches it. */
    public ShardConfig of(ShardConfig shard) {
        DataSource pool = pools.computeIfAbsent(shard.name(), absent -> pool(TestDatabase.of(shard)));
        DataSource lossy = proxy(DataSource.class, pool, null);
        return TestCluster.shard(shard.name(), shard.kind(), lossy).withWeight(shard.weight());
    }

    private static HikariDataSource pool(TestDatabase database) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(database.url());
        config.setUsername(database.user());
        config.setPassword(database.password());
        return new HikariDataSource(config);
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

    @Override
    public void close() {
        pools.values().forEach(HikariDataSource::close);
    }
}
