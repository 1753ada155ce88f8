package dev.ringshard.internal.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.ringshard.testing.H2Database;
import dev.ringshard.testing.TestDatabase;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A pool of H2's connections, whose logins wait for the test to let them through. */
class PoolLoginsTest {
    private static final int SIZE = 2;
    private static final Duration LONG = Duration.ofMinutes(1);

    private final TestDatabase database = H2Database.inMemory();
    private final GatedDriver driver = new GatedDriver();
    private final PoolLogins logins = logins();
    private final List<HikariDataSource> pools = new ArrayList<>();

    @AfterEach
    void the_last_connection_is_closed_with_the_pool() {
        driver.gate.countDown();
        pools.forEach(HikariDataSource::close);
        logins.close();
        await().untilAsserted(() -> assertThat(driver.connections).allMatch(GatedDriver::isClosed));
    }

    @Test
    void all_who_find_the_pool_empty_wait_for_one_login() throws Exception {
        HikariDataSource pool = pool(LONG);
        List<FutureTask<Boolean>> asked = new ArrayList<>();
        List<Thread> asking = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            FutureTask<Boolean> task = new FutureTask<>(() -> answers(pool));
            asked.add(task);
            asking.add(new Thread(task));
        }

        asking.forEach(Thread::start);
        await().until(() -> asking.stream().allMatch(thread -> thread.getState() == Thread.State.TIMED_WAITING));
        assertThat(driver.attempts).hasSize(1);
        driver.gate.countDown();

        for (FutureTask<Boolean> answer : asked) {
            assertThat(answer.get()).isTrue();
        }
        assertThat(driver.attempts).hasSizeLessThanOrEqualTo(SIZE);
    }

    @Test
    void a_login_without_an_answer_is_waited_for_until_the_connection_timeout_and_lent_when_it_comes()
            throws Exception {
        HikariDataSource pool = pool(Duration.ofMillis(300));

        assertThatThrownBy(() -> logins.connection(pool))
                .isInstanceOf(SQLTransientConnectionException.class)
                .hasMessage("The login was not answered within 300 ms");

        driver.gate.countDown();
        await().until(() -> pool.getHikariPoolMXBean().getTotalConnections() > 0);
        assertThat(answers(pool)).isTrue();
    }

    @Test
    void a_refused_login_is_remembered_until_one_is_not_refused() throws Exception {
        try (Connection owner = database.connect()) {
            setPassword(owner, "another");
            HikariDataSource pool = pool(LONG);
            driver.gate.countDown();
            assertThatThrownBy(() -> logins.connection(pool)).matches(FailureKind::isRefusedLogin);
            driver.gate = new CountDownLatch(1);

            assertThatThrownBy(() -> logins.connection(pool)).matches(FailureKind::isRefusedLogin);

            setPassword(owner, database.password());
            driver.gate.countDown();
            await().until(() -> pool.getHikariPoolMXBean().getTotalConnections() > 0);
            assertThat(answers(pool)).isTrue();
        }
    }

    @Test
    void whoever_is_interrupted_while_waiting_for_a_login_is_told_so() throws Exception {
        HikariDataSource pool = pool(LONG);
        FutureTask<Boolean> task = new FutureTask<>(() -> answers(pool));
        Thread asking = new Thread(task);
        asking.start();
        await().until(() -> asking.getState() == Thread.State.TIMED_WAITING);

        asking.interrupt();

        assertThatThrownBy(task::get).cause().hasRootCauseInstanceOf(InterruptedException.class);
    }

    @Test
    void a_pool_that_was_closed_logs_in_no_more() {
        HikariDataSource pool = pool(LONG);
        driver.gate.countDown();
        pool.close();
        int before = driver.attempts.size();

        assertThatThrownBy(() -> logins.connection(pool)).isInstanceOf(SQLException.class);

        assertThat(driver.attempts).hasSize(before);
    }

    private boolean answers(HikariDataSource pool) throws SQLException {
        try (Connection connection = logins.connection(pool)) {
            return connection.isValid(10);
        }
    }

    private static void setPassword(Connection owner, String password) throws SQLException {
        try (Statement statement = owner.createStatement()) {
            statement.execute("ALTER USER SA SET PASSWORD '" + password + "'");
        }
    }

    private PoolLogins logins() {
        Properties properties = new Properties();
        properties.setProperty("user", database.user());
        properties.setProperty("password", database.password());
        return new PoolLogins(
                "eu-1",
                driver,
                database.url(),
                properties,
                new PoolServer(new H2Dialect(), opened -> Optional.empty()));
    }

    private HikariDataSource pool(Duration connectionTimeout) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(logins);
        config.setMaximumPoolSize(SIZE);
        config.setConnectionTimeout(connectionTimeout.toMillis());
        config.setInitializationFailTimeout(-1);
        HikariDataSource pool = new HikariDataSource(config);
        pools.add(pool);
        return pool;
    }

    /** H2's driver behind a gate that is closed at first. */
    private static final class GatedDriver implements Driver {
        private final Driver h2 = new org.h2.Driver();
        private volatile CountDownLatch gate = new CountDownLatch(1);
        private final Queue<Thread> attempts = new ConcurrentLinkedQueue<>();
        private final Queue<Connection> connections = new ConcurrentLinkedQueue<>();

        private static boolean isClosed(Connection connection) {
            try {
                return connection.isClosed();
            } catch (SQLException failure) {
                throw new AssertionError(failure);
            }
        }

        @Override
        public Connection connect(String url, Properties properties) throws SQLException {
            attempts.add(Thread.currentThread());
            try {
                gate.await();
            } catch (InterruptedException interrupt) {
                throw new SQLException(interrupt);
            }
            Connection connection = h2.connect(url, properties);
            connections.add(connection);
            return connection;
        }

        @Override
        public boolean acceptsURL(String url) throws SQLException {
            return h2.acceptsURL(url);
        }

        @Override
        public DriverPropertyInfo[] getPropertyInfo(String url, Properties properties) throws SQLException {
            return h2.getPropertyInfo(url, properties);
        }

        @Override
        public int getMajorVersion() {
            return h2.getMajorVersion();
        }

        @Override
        public int getMinorVersion() {
            return h2.getMinorVersion();
        }

        @Override
        public boolean jdbcCompliant() {
            return h2.jdbcCompliant();
        }

        @Override
        public Logger getParentLogger() {
            return Logger.getGlobal();
        }
    }
}
