package dev.ringshard.internal.shard;

import com.zaxxer.hikari.HikariDataSource;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The logins of one shard's pool. An empty pool logs in again and again for the whole connection-timeout, whatever its
 * server answers. So a caller that finds it empty waits for the next login here, which all of them share with the pool. A
 * server that refuses the user, the password or the name of the database is not waited for, nor is a file that cannot be
 * opened: trying again mends none of them, and some servers answer the slower the more often it is tried. Nor is it asked again
 * for some seconds; who comes later finds out whether it was mended. Thread-safe.
 */
final class PoolLogins implements DataSource, AutoCloseable {
    private static final Duration REFUSAL_LASTS = Duration.ofSeconds(5);

    private final String shard;
    private final Driver driver;
    private final String url;
    private final PoolServer server;
    private volatile Properties properties;

    /** Under way, or done and its connection not yet the pool's. */
    private @Nullable CompletableFuture<Login> next;

    /** What the last login ended with, if the next one will, too. */
    private volatile @Nullable Refusal refusal;

    /** What the last login that ended failed with, if it did. */
    private volatile @Nullable SQLException lastFailure;

    private volatile int loginTimeoutSeconds;

    /** A login that was let in, with which properties. */
    private record Login(Connection connection, Properties properties) {
        void close() {
            try {
                connection.close();
            } catch (SQLException dead) {
                // and so as good as closed
            }
        }
    }

    /** A login that the server refused, when. */
    private record Refusal(SQLException failure, long atNanos) {
        boolean lasts() {
            return System.nanoTime() - atNanos < REFUSAL_LASTS.toNanos();
        }
    }

    PoolLogins(String shard, Driver driver, String url, Properties properties, PoolServer server) {
        this.shard = shard;
        this.driver = driver;
        this.url = url;
        this.properties = properties;
        this.server = server;
    }

    /** Logs in once with other properties, and out again. */
    void tryOut(Properties others) throws SQLException {
        driver.connect(url, others).close();
    }

    /** Logs in with other properties from now on. */
    void change(Properties others) {
        properties = others;
        refusal = null;
    }

    /** Those of a pool that was made with them. */
    static PoolLogins of(HikariDataSource pool) {
        return (PoolLogins) pool.getDataSource();
    }

    /**
     * A connection of the pool.
     *
     * @throws SQLException if there was none within the connection-timeout, or the login failed for good
     */
    Connection connection(HikariDataSource pool) throws SQLException {
        if (pool.isClosed() || pool.getHikariPoolMXBean().getTotalConnections() > 0) {
            return pool.getConnection();
        }
        Refusal known = refusal;
        if (known != null && known.lasts()) {
            throw forThisThread(known.failure());
        }
        CompletableFuture<Login> login = next();
        await(login, Duration.ofMillis(pool.getConnectionTimeout()));
        try {
            return pool.getConnection();
        } finally {
            leave(login);
        }
    }

    /** Returns also if the login failed because no server answered: one that restarts is waited for in the pool. */
    private void await(CompletableFuture<Login> login, Duration limit) throws SQLException {
        long began = System.nanoTime();
        try {
            login.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException noAnswer) {
            throw new SQLTransientConnectionException("The login was not answered within " + limit.toMillis() + " ms");
        } catch (InterruptedException interrupt) {
            throw new SQLException("Interrupted while waiting for a login", interrupt);
        } catch (ExecutionException failed) {
            takes(login);
            boolean tookItsTime = System.nanoTime() - began > limit.toNanos() / 2;
            if (tookItsTime || FailureKind.isLastingLoginFailure(failed)) {
                throw forThisThread(failed);
            }
        }
    }

    /** An exception of one's own: many may wait for one login. */
    private static SQLException forThisThread(ExecutionException failed) {
        return failed.getCause() instanceof SQLException sql
                ? forThisThread(sql)
                : new SQLException("The login failed", failed);
    }

    private static SQLException forThisThread(SQLException failure) {
        return new SQLException(failure.getMessage(), failure.getSQLState(), failure.getErrorCode(), failure);
    }

    /** Logs in for the pool, or hands it the login that a caller waits for. */
    @Override
    public Connection getConnection() throws SQLException {
        while (true) {
            CompletableFuture<Login> login = next();
            try {
                Login ended = login.get();
                if (takes(login)) {
                    if (ended.properties().equals(properties)) {
                        return ended.connection();
                    }
                    ended.close(); // others were to be used meanwhile
                }
            } catch (ExecutionException failed) {
                takes(login);
                throw forThisThread(failed);
            } catch (InterruptedException interrupt) {
                throw new SQLException("Interrupted while waiting for a login", interrupt);
            }
        }
    }

    private synchronized CompletableFuture<Login> next() {
        if (next == null) {
            next = CompletableFuture.supplyAsync(this::logIn, this::start);
        }
        return next;
    }

    /** Whether no other caller has taken it. */
    private synchronized boolean takes(CompletableFuture<Login> login) {
        boolean isNext = next == login;
        if (isNext) {
            next = null;
        }
        return isNext;
    }

    private Login logIn() {
        Properties used = properties;
        try {
            Connection connection = opened(driver.connect(url, used));
            refusal = null;
            lastFailure = null;
            return new Login(connection, used);
        } catch (SQLException failure) {
            lastFailure = failure;
            refusal = FailureKind.isLastingLoginFailure(failure) ? new Refusal(failure, System.nanoTime()) : null;
            throw new CompletionException(failure);
        }
    }

    /** Why the last one that ended was no login; empty if it was. */
    Optional<SQLException> lastFailure() {
        return Optional.ofNullable(lastFailure);
    }

    /** Where they lead to. */
    PoolServer server() {
        return server;
    }

    private Connection opened(Connection connection) throws SQLException {
        try {
            server.open(connection);
            return connection;
        } catch (SQLException failure) {
            new Login(connection, properties).close();
            throw failure;
        }
    }

    /** On a thread of its own, so that a caller can stop waiting. */
    private void start(Runnable login) {
        Thread thread = new Thread(login, "ringshard-" + shard + ":login");
        thread.setDaemon(true);
        thread.start();
    }

    /** A connection that the pool has not taken is one too many. */
    private void leave(CompletableFuture<Login> login) {
        if (takes(login)) {
            var unused = login.thenAccept(Login::close);
        }
    }

    /** Closes what the pool, which was closed before, has not taken. */
    @Override
    public void close() {
        CompletableFuture<Login> login;
        synchronized (this) {
            login = next;
        }
        if (login != null) {
            leave(login);
        }
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("The pool of a shard has one user");
    }

    @Override
    public void setLoginTimeout(int seconds) {
        loginTimeoutSeconds = seconds; // the pool reads it when it closes; the driver has it among its properties
    }

    @Override
    public int getLoginTimeout() {
        return loginTimeoutSeconds;
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter writer) {
        // the driver logs as it is configured
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        return driver.getParentLogger();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLFeatureNotSupportedException("Nothing is wrapped");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
