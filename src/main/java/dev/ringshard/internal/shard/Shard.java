package dev.ringshard.internal.shard;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.NoOwnerException;
import dev.ringshard.failure.OutcomeUnknownException;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.status.BreakerState;
import dev.ringshard.status.PoolState;
import dev.ringshard.status.ShardConnections;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * One database: its connections, its circuit breaker, and the one place that begins, commits and rolls back.
 * Thread-safe.
 */
public final class Shard implements AutoCloseable {
    private final String name;
    private final Dialect dialect;
    private final DataSource dataSource;
    private final Breaker breaker;
    private final ShardFailures failures;

    private final boolean closesPool;
    private volatile boolean retired;
    private volatile boolean closed;
    private volatile String lastReason = "";

    private Shard(String name, Dialect dialect, DataSource dataSource, boolean closesPool) {
        this.name = name;
        this.dialect = dialect;
        this.dataSource = dataSource;
        this.closesPool = closesPool;
        this.breaker = new Breaker(System::nanoTime);
        this.failures = new ShardFailures(name, dialect);
    }

    /** A shard on a pool of Ringshard's own, which it closes. */
    static Shard onPool(String name, Dialect dialect, HikariDataSource pool) {
        return new Shard(name, dialect, pool, true);
    }

    /** A shard on a data source of the caller's, which it never closes. */
    static Shard onDataSource(String name, Dialect dialect, DataSource dataSource) {
        return new Shard(name, dialect, dataSource, false);
    }

    /** Work on a connection that commits each statement by itself. */
    @FunctionalInterface
    public interface AutocommitWork<T extends @Nullable Object> {
        /** Does the work. */
        T run(Connection connection) throws SQLException;
    }

    /** The name under which the shard is configured. */
    public String name() {
        return name;
    }

    public Dialect dialect() {
        return dialect;
    }

    /** Where connections come from; for tools such as Flyway that begin and commit by themselves. */
    public DataSource dataSource() {
        return dataSource;
    }

    /** How the pool stands; empty where the connections come from a data source of the caller's that is no Hikari pool. */
    public Optional<PoolState> pool() {
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

    /** Its pool and its circuit breaker, as they are now. */
    public ShardConnections connections() {
        return new ShardConnections(name, pool(), breakerState());
    }

    /** Closed while the shard answers; otherwise open, or half open. */
    public BreakerState breakerState() {
        return breaker.state();
    }

    /**
     * Runs work in one transaction and commits it.
     *
     * @throws ShardUnavailableException if the shard gives no connection, or loses it before the commit
     * @throws OutcomeUnknownException if the commit was sent and no answer came
     * @throws RingshardException for what else {@link ShardFailures} knows; any other failure of the work as it is
     */
    public <T extends @Nullable Object> T transaction(int isolation, ShardTransaction.Work<T> work) {
        try (ShardTransaction transaction = begin(isolation)) {
            T result = transaction.run(work);
            transaction.commit();
            return result;
        }
    }

    /** As {@link #transaction} at READ COMMITTED. */
    public <T extends @Nullable Object> T transaction(ShardTransaction.Work<T> work) {
        return transaction(Connection.TRANSACTION_READ_COMMITTED, work);
    }

    /** Reads in one snapshot of all tables. */
    public <T extends @Nullable Object> T snapshot(ShardTransaction.Work<T> work) {
        try (ShardTransaction transaction = beginSnapshot()) {
            return transaction.run(work);
        }
    }

    /** Begins a transaction, which the caller must close. */
    public ShardTransaction begin(int isolation) {
        return begin(connection -> {
            if (isolation != Connection.TRANSACTION_READ_COMMITTED) {
                connection.setTransactionIsolation(isolation);
            }
        });
    }

    /**
     * Begins a transaction of a mover, which the caller must close: it passes the fence on sharded tables, and commits
     * durably.
     *
     * @param lockTimeout how long it waits for a lock
     */
    public ShardTransaction beginMove(Duration lockTimeout) {
        return beginMove(connection -> dialect.beginMove(connection, lockTimeout));
    }

    /**
     * As {@link #beginMove}, for what somebody does again if a crash of the database undoes it after its commit. A crash
     * that keeps this commit keeps all before it.
     */
    public ShardTransaction beginTidying(Duration lockTimeout) {
        return beginMove(connection -> dialect.beginTidying(connection, lockTimeout));
    }

    private ShardTransaction beginMove(Preparation mover) {
        ShardTransaction transaction = begin(connection -> {}, dialect::endMove);
        try {
            return transaction.run(begun -> {
                mover.of(begun.connection());
                return begun;
            });
        } catch (RuntimeException failure) {
            transaction.close();
            throw failure;
        }
    }

    /** Begins a transaction that reads one snapshot of all tables, which the caller must close. */
    public ShardTransaction beginSnapshot() {
        return begin(dialect::beginSnapshot);
    }

    /** As {@link #beginSnapshot}, of a transaction that may lock rows. */
    public ShardTransaction beginLockingSnapshot() {
        return begin(dialect::beginLockingSnapshot);
    }

    /** Runs statements that each commit by themselves; a lost connection leaves their outcome unknown. */
    public <T extends @Nullable Object> T autocommit(AutocommitWork<T> work) {
        return autocommit(work, failures::inAutocommit);
    }

    /** Reads by one statement; a lost connection means that nothing was read. */
    public <T extends @Nullable Object> T read(AutocommitWork<T> work) {
        return autocommit(work, failures::inTransaction);
    }

    private <T extends @Nullable Object> T autocommit(
            AutocommitWork<T> work, Function<Throwable, RuntimeException> translation) {
        try (Lease lease = lease()) {
            try {
                return work.run(lease.connection);
            } catch (SQLException | RuntimeException failure) {
                leaveIfReadOnly(failure);
                throw translation.apply(failure);
            }
        }
    }

    /** All pooled connections lead to the same database as the one that takes no writes. */
    void leaveIfReadOnly(Throwable failure) {
        if (FailureKind.of(failure) == FailureKind.READ_ONLY && dataSource instanceof HikariDataSource pool) {
            pool.getHikariPoolMXBean().softEvictConnections();
        }
    }

    /** Keeps a dead connection from being lent again: a pool looks only at those that have been idle for a while. */
    void evict(Connection connection) {
        if (dataSource instanceof HikariDataSource pool) {
            pool.evictConnection(connection);
        }
    }

    ShardFailures failures() {
        return failures;
    }

    /** Lends no connection any more, and closes the pool, if it is Ringshard's own. */
    @Override
    public void close() {
        closed = true;
        if (closesPool && dataSource instanceof HikariDataSource pool) {
            pool.close();
            PoolLogins.of(pool).close();
        }
    }

    @Override
    public String toString() {
        return "shard " + name;
    }

    private interface Preparation {
        void of(Connection connection) throws SQLException;
    }

    private ShardTransaction begin(Preparation preparation) {
        return begin(preparation, ShardTransaction.Ending.NOTHING);
    }

    private ShardTransaction begin(Preparation preparation, ShardTransaction.Ending ending) {
        Lease lease = lease();
        try {
            preparation.of(lease.connection);
            lease.connection.setAutoCommit(false);
            return new ShardTransaction(this, lease.connection, connection -> {
                ending.of(connection);
                lease.restore(connection);
            });
        } catch (SQLException | RuntimeException failure) {
            RuntimeException translated = failures.inTransaction(failure);
            lease.close();
            throw translated;
        }
    }

    private Lease lease() {
        Connection connection = connect();
        if (closesPool) {
            return new Lease(connection, null);
        }
        try {
            return new Lease(connection, ConnectionState.normalised(connection));
        } catch (SQLException | RuntimeException failure) {
            RuntimeException translated = failures.inTransaction(failure);
            new Lease(connection, null).close();
            throw translated;
        }
    }

    /** A connection on loan; Ringshard's own pools reset what they get back, others may not. */
    private final class Lease implements AutoCloseable {
        private final Connection connection;
        private final @Nullable ConnectionState before;

        private Lease(Connection connection, @Nullable ConnectionState before) {
            this.connection = connection;
            this.before = before;
        }

        private void restore(Connection returning) throws SQLException {
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

    /** Lends no connection any more: whoever comes by what it knew from before learns that the shard has left. */
    void retire() {
        retired = true;
    }

    /** Whether it has left the cluster: it owns nothing any more, and gives no connection. */
    public boolean isRetired() {
        return retired;
    }

    private Connection connect() {
        if (retired) {
            throw new NoOwnerException("""
                    Shard %s has left the cluster. Nothing was done. Repeat the call; another shard has its keys.""".formatted(name));
        }
        if (closed) {
            throw InvalidInputException.closed();
        }
        if (!breaker.permits()) {
            throw ShardUnavailableException.unreachable(
                    name,
                    "Shard %s is left alone for a moment, after it failed several times in a row: %s."
                            .formatted(name, lastReason),
                    "Nothing was written. Repeat the call later; keys on other shards are not affected.",
                    null);
        }
        try {
            Connection connection = closesPool && dataSource instanceof HikariDataSource pool
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
                    name,
                    "The thread was interrupted while it waited for a connection to shard %s.".formatted(name),
                    "Nothing was written. Repeat the call, if it is still wanted.",
                    failure);
        }
        Optional<PoolState> exhausted = failure instanceof SQLTransientConnectionException
                ? pool().filter(PoolState::isExhausted)
                : Optional.empty();
        if (exhausted.isPresent()) {
            breaker.notTried();
            return ShardUnavailableException.unreachable(
                    name,
                    "Shard %s gave no connection within %s (%s)."
                            .formatted(
                                    name,
                                    text(exhausted.get().connectionTimeout()),
                                    exhausted.get().text()),
                    "Nothing was written. Raise pool.size of shard %s or lower the load.".formatted(name),
                    failure);
        }
        breaker.failed();
        lastReason = reason(failure);
        return ShardUnavailableException.unreachable(
                name,
                "Shard %s cannot be reached: %s.".formatted(name, lastReason),
                "Nothing was written. %s; keys on other shards are not affected."
                        .formatted(dialect.whereToLook(failure)),
                failure);
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
