package dev.ringshard.shard;

import com.zaxxer.hikari.HikariDataSource;
import dev.ringshard.failure.OutcomeUnknownException;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.failure.ShardUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Optional;
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

    private Shard(String name, Dialect dialect, DataSource dataSource, boolean closesPool) {
        this.name = name;
        this.dialect = dialect;
        this.dataSource = dataSource;
        this.closesPool = closesPool;
        this.breaker = new Breaker(name);
        this.failures = new ShardFailures(name, breaker);
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
        return dataSource instanceof HikariDataSource pool ? Optional.of(PoolState.of(pool)) : Optional.empty();
    }

    /** {@code CLOSED} while the shard answers, {@code OPEN} or {@code HALF_OPEN} while it does not. */
    public String breakerState() {
        return breaker.state();
    }

    /**
     * Runs work in one transaction and commits it.
     *
     * @throws ShardUnavailableException if the shard gives no connection, or loses it before the commit
     * @throws OutcomeUnknownException if the commit was sent and no answer came
     * @throws RingshardException for what else {@link ShardFailures} knows; any other failure of the work as it is
     */
    public <T extends @Nullable Object> T transaction(Isolation isolation, ShardTransaction.Work<T> work) {
        try (ShardTransaction transaction = begin(isolation)) {
            T result = transaction.run(work);
            transaction.commit();
            return result;
        }
    }

    /** As {@link #transaction} at {@link Isolation#READ_COMMITTED}. */
    public <T extends @Nullable Object> T transaction(ShardTransaction.Work<T> work) {
        return transaction(Isolation.READ_COMMITTED, work);
    }

    /** Reads in one snapshot of all tables. */
    public <T extends @Nullable Object> T snapshot(ShardTransaction.Work<T> work) {
        try (ShardTransaction transaction = beginSnapshot()) {
            return transaction.run(work);
        }
    }

    /** Begins a transaction, which the caller must close. */
    public ShardTransaction begin(Isolation isolation) {
        return begin(connection -> {
            if (isolation != Isolation.READ_COMMITTED) {
                connection.setTransactionIsolation(isolation.jdbcLevel());
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
        ShardTransaction transaction = begin(connection -> {}, dialect::endMove);
        try {
            return transaction.run(begun -> {
                dialect.beginMove(begun.connection(), lockTimeout);
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

    /** Runs statements that each commit by themselves; a lost connection leaves their outcome unknown. */
    public <T extends @Nullable Object> T autocommit(AutocommitWork<T> work) {
        try (Connection connection = connect()) {
            connection.setAutoCommit(true); // a data source of the caller's may have it off
            return work.run(connection);
        } catch (SQLException | RuntimeException failure) {
            throw failures.inAutocommit(failure);
        }
    }

    /** Reads by one statement; a lost connection means that nothing was read. */
    public <T extends @Nullable Object> T read(AutocommitWork<T> work) {
        try (Connection connection = connect()) {
            connection.setAutoCommit(true);
            return work.run(connection);
        } catch (SQLException | RuntimeException failure) {
            throw failures.inTransaction(failure);
        }
    }

    ShardFailures failures() {
        return failures;
    }

    /** Closes the pool, if it is Ringshard's own. */
    @Override
    public void close() {
        if (closesPool && dataSource instanceof HikariDataSource pool) {
            pool.close();
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
        Connection connection = connect();
        try {
            preparation.of(connection);
            connection.setAutoCommit(false);
            return new ShardTransaction(this, connection, ending);
        } catch (SQLException | RuntimeException failure) {
            RuntimeException translated = failures.inTransaction(failure);
            try {
                connection.close();
            } catch (SQLException closing) {
                translated.addSuppressed(closing);
            }
            throw translated;
        }
    }

    private Connection connect() {
        if (!breaker.permits()) {
            throw ShardUnavailableException.unreachable(name, """
                    Shard %s has not answered several times in a row and is being left alone for a moment. \
                    Nothing was written. Repeat the call later; customers on other shards are not affected.""".formatted(name), null);
        }
        try {
            Connection connection = dataSource.getConnection();
            breaker.reached();
            return connection;
        } catch (SQLException | RuntimeException failure) {
            throw noConnection(failure);
        }
    }

    private ShardUnavailableException noConnection(Exception failure) {
        Optional<PoolState> exhausted = failure instanceof SQLTransientConnectionException
                ? pool().filter(PoolState::isExhausted)
                : Optional.empty();
        if (exhausted.isPresent()) {
            breaker.notTried();
            return ShardUnavailableException.unreachable(
                    name,
                    """
                    Shard %s gave no connection within %s (%s). Nothing was written. Raise pool.size of shard %s \
                    or lower the load.""".formatted(
                                    name,
                                    text(exhausted.get().connectionTimeout()),
                                    exhausted.get().text(),
                                    name),
                    failure);
        }
        breaker.failed(failure);
        return ShardUnavailableException.unreachable(name, """
                Shard %s cannot be reached: %s. Nothing was written. See that its database runs and that url, \
                user and password are right; customers on other shards are not affected.""".formatted(name, rootMessage(failure)), failure);
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
