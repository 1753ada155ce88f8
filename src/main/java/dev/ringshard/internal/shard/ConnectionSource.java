package dev.ringshard.internal.shard;

import com.zaxxer.hikari.HikariConfigMXBean;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.NoOwnerException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.status.BreakerState;
import dev.ringshard.status.PoolState;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one shard, which are lent to one piece of work at a time; none while the circuit breaker is open, and
 * none any more once the shard has left the cluster or is closed. Thread-safe.
 */
final class ConnectionSource implements AutoCloseable {
    private final String shard;
    private final Dialect dialect;
    private final DataSource dataSource;
    private final boolean isOurs;
    private final PoolServer server;
    private final ShardFailures failures;
    private final Breaker breaker = new Breaker(System::nanoTime);
    private volatile boolean retired;
    private volatile boolean closed;
    private volatile String lastReason = "";

    /** @param isOurs whether the data source is a pool of Ringshard's own, which is closed with this */
    ConnectionSource(String shard, Dialect dialect, DataSource dataSource, boolean isOurs, ShardFailures failures) {
        this.shard = shard;
        this.dialect = dialect;
        this.dataSource = dataSource;
        this.isOurs = isOurs;
        this.server = isOurs && dataSource instanceof HikariDataSource pool
                ? PoolLogins.of(pool).server()
                : PoolServer.ofCaller(dialect);
        this.failures = failures;
    }

    DataSource dataSource() {
        return dataSource;
    }

    /** As {@link Shard#breakerState}. */
    BreakerState breakerState() {
        return breaker.state();
    }

    /** Lends no connection any more: a caller that comes by what it knew from before learns that the shard has left. */
    void retire() {
        retired = true;
    }

    boolean isRetired() {
        return retired;
    }

    /** Where its connections lead to. */
    PoolServer server() {
        return server;
    }

    /** As {@link Shard#pool}. */
    Optional<PoolState> pool() {
        return dataSource instanceof HikariDataSource pool ? Optional.of(state(pool)) : Optional.empty();
    }

    private static PoolState state(HikariDataSource pool) {
        HikariPoolMXBean now = pool.getHikariPoolMXBean();
        Duration timeout = Duration.ofMillis(pool.getConnectionTimeout());
        if (now == null) {
            return new PoolState(0, 0, 0, 0, pool.getMaximumPoolSize(), timeout);
        }
        return new PoolState(
                now.getTotalConnections(),
                now.getActiveConnections(),
                now.getIdleConnections(),
                now.getThreadsAwaitingConnection(),
                pool.getMaximumPoolSize(),
                timeout);
    }

    /** Which servers a connection may be of. */
    enum Serving {
        /** The primary: it takes writes, and has every acknowledged commit. */
        PRIMARY,
        /** The primary or a standby; to read what a server is. */
        ANY_SERVER
    }

    /**
     * Lends a connection; its borrower closes the lease.
     *
     * @throws ShardUnavailableException if there is none to be had
     * @throws NoOwnerException if the shard has left the cluster
     */
    Lease lease(Serving serving) {
        Connection connection = connect();
        ConnectionState before = null;
        try {
            before = isOurs ? null : ConnectionState.normalised(connection);
            require(serving, server.compare(connection));
            return new Lease(connection, before);
        } catch (SQLException | RuntimeException failure) {
            leaveIfReadOnly(failure);
            RuntimeException translated = failures.inTransaction(failure);
            new Lease(connection, before).close();
            throw translated;
        }
    }

    /** Of a connection that {@link #lease} could not see through, in the transaction that has begun on it. */
    void compareWithin(Connection begun, Serving serving) throws SQLException {
        require(serving, server.compareWithin(begun));
    }

    /** What a standby says may be old, also where it only would be read. */
    private static void require(Serving serving, boolean isPrimary) throws SQLException {
        if (!isPrimary && serving == Serving.PRIMARY) {
            throw new SQLException("the connection leads to a standby", "25006");
        }
    }

    /** A connection on loan; Ringshard's own pools reset what they get back, others may not. */
    final class Lease implements AutoCloseable {
        private final Connection connection;
        private final @Nullable ConnectionState before;

        private Lease(Connection connection, @Nullable ConnectionState before) {
            this.connection = connection;
            this.before = before;
        }

        Connection connection() {
            return connection;
        }

        /** The level of transactions that say nothing of theirs. */
        int isolation() {
            return before == null ? Connection.TRANSACTION_READ_COMMITTED : before.isolation();
        }

        /** Sets back what the caller's connections are like, where that is not the pool's to do. */
        void restore(Connection returning) throws SQLException {
            if (before != null) {
                before.restore(returning);
            }
        }

        @Override
        public void close() {
            try (Connection closing = connection) {
                restore(closing);
            } catch (SQLException failure) {
                failures.whileClosing(failure);
            }
        }
    }

    /** All pooled connections lead to the same database as the one that takes no writes. */
    void leaveIfReadOnly(Throwable failure) {
        if (FailureKind.of(failure) == FailureKind.READ_ONLY && dataSource instanceof HikariDataSource pool) {
            pool.getHikariPoolMXBean().softEvictConnections();
        }
    }

    /**
     * Takes out of a session, whose transaction has ended, what work has set in it: its next user finds it as a new one. Of a
     * data source of the caller's, what it set when it connected would go with it, so there everything stays.
     *
     * @return whether the pool has it back with that, because only its end takes out what was set
     */
    boolean cleanse(Connection connection) throws SQLException {
        if (!isOurs || !(dataSource instanceof HikariDataSource pool)) {
            return false;
        }
        connection.setAutoCommit(true);
        if (dialect.resetSession(connection)) {
            server.open(connection);
            return false;
        }
        pool.evictConnection(connection);
        return true;
    }

    /**
     * Keeps a dead connection from being lent again: a pool looks only at those that have been idle for a while.
     *
     * @return whether the pool has it back with that
     */
    boolean evict(Connection connection) {
        if (dataSource instanceof HikariDataSource pool) {
            pool.evictConnection(connection);
            return true;
        }
        return false;
    }

    /**
     * Logs in once with other properties.
     *
     * @throws ShardUnavailableException if the database refuses that, or does not answer
     */
    void tryOut(Properties login) {
        try {
            PoolLogins.of(ownPool()).tryOut(login);
        } catch (SQLException failure) {
            throw ShardUnavailableException.unreachable(
                    shard,
                    "Shard %s cannot be reached with its new user and password: %s."
                            .formatted(shard, rootMessage(failure)),
                    "Nothing was changed, on no shard, and the old ones are used as before. Correct them, and repeat the call.",
                    failure);
        }
    }

    /** Logs in with other properties from now on; what is on loan goes on, and is closed when it comes back. */
    void change(Properties login) {
        HikariDataSource pool = ownPool();
        PoolLogins.of(pool).change(login);
        if (pool.getHikariPoolMXBean() != null) {
            pool.getHikariPoolMXBean().softEvictConnections();
            // what the logins had just given to the pool is in it by then
            CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS)
                    .execute(() -> pool.getHikariPoolMXBean().softEvictConnections());
        }
    }

    /** Has so many connections from now on, and waits for one for so long. */
    void resize(int size, Duration connectionTimeout) {
        HikariConfigMXBean pool = ownPool().getHikariConfigMXBean();
        pool.setMaximumPoolSize(size);
        pool.setConnectionTimeout(connectionTimeout.toMillis());
    }

    private HikariDataSource ownPool() {
        return (HikariDataSource) dataSource;
    }

    /** Lends no connection any more, and closes the pool, if it is Ringshard's own. */
    @Override
    public void close() {
        closed = true;
        if (isOurs && dataSource instanceof HikariDataSource pool) {
            pool.close();
            PoolLogins.of(pool).close();
        }
    }

    /** Refuses who comes after it was closed. */
    void requireOpen() {
        if (closed) {
            throw InvalidInputException.closed();
        }
    }

    private Connection connect() {
        if (retired) {
            throw new NoOwnerException("""
                    Shard %s has left the cluster. Nothing was done. Repeat the call; another shard has its keys.""".formatted(shard));
        }
        requireOpen();
        if (!breaker.permits()) {
            throw ShardUnavailableException.unreachable(
                    shard,
                    "Shard %s is left alone for a moment, after it failed several times in a row: %s."
                            .formatted(shard, lastReason),
                    "Nothing was written. Repeat the call later; keys on other shards are not affected.",
                    null);
        }
        try {
            Connection connection = isOurs && dataSource instanceof HikariDataSource pool
                    ? PoolLogins.of(pool).connection(pool)
                    : dataSource.getConnection();
            breaker.reached();
            return connection;
        } catch (SQLException | RuntimeException failure) {
            throw noConnection(failure);
        }
    }

    private ShardUnavailableException noConnection(Exception failure) {
        if (isInterrupt(failure)) {
            Thread.currentThread().interrupt();
            breaker.notTried();
            return ShardUnavailableException.unreachable(
                    shard,
                    "The thread was interrupted while it waited for a connection to shard %s.".formatted(shard),
                    "Nothing was written. Repeat the call, if it is still wanted.",
                    failure);
        }
        Optional<PoolState> exhausted = failure instanceof SQLTransientConnectionException
                ? pool().filter(PoolState::isExhausted)
                : Optional.empty();
        if (exhausted.isPresent()) {
            breaker.notTried();
            return ShardUnavailableException.unreachable(
                    shard,
                    "Shard %s gave no connection within %s (%s)."
                            .formatted(
                                    shard,
                                    text(exhausted.get().connectionTimeout()),
                                    exhausted.get().text()),
                    "Nothing was written. Raise pool.size of shard %s or lower the load.".formatted(shard),
                    failure);
        }
        breaker.failed();
        lastReason = reason(failure);
        return ShardUnavailableException.unreachable(
                shard,
                "Shard %s cannot be reached: %s.".formatted(shard, lastReason),
                "Nothing was written. %s; keys on other shards are not affected."
                        .formatted(dialect.whereToLook(failure)),
                failure);
    }

    /** Why no login succeeds at the moment, in a few words; empty if the last one could, or it is not known. */
    Optional<String> trouble() {
        return isOurs && dataSource instanceof HikariDataSource pool
                ? PoolLogins.of(pool).lastFailure().map(ConnectionSource::rootMessage)
                : Optional.empty();
    }

    private static boolean isInterrupt(Throwable failure) {
        for (Throwable next = failure; next != null; next = next.getCause()) {
            if (next instanceof InterruptedException) {
                return true;
            }
        }
        return false;
    }

    private String reason(Exception failure) {
        boolean isSilent = failure instanceof SQLTransientConnectionException && failure.getCause() == null;
        return isSilent && dataSource instanceof HikariDataSource pool
                ? "no answer within " + text(state(pool).connectionTimeout())
                : rootMessage(failure);
    }

    /** The innermost reason, such as "Connection refused": the outer ones only say that a pool timed out. */
    private static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        String message = root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
        return message.strip().replaceAll("\\s+", " ").replaceAll("\\.$", "");
    }

    private static String text(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
    }
}
