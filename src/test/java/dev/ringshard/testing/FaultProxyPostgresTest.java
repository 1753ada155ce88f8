package dev.ringshard.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.ringshard.internal.shard.FailureKind;
import dev.ringshard.testing.FaultProxy.Way;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("ci")
class FaultProxyPostgresTest {
    private final TestDatabase database = PostgresServer.shared().createDatabase();
    private final FaultProxy proxy = FaultProxy.before(database);

    @BeforeEach
    void createTable() throws SQLException {
        execute(database, "CREATE TABLE notes (text text)");
    }

    @AfterEach
    void close() {
        proxy.close();
    }

    @Test
    void everything_passes_while_nothing_is_wrong() throws SQLException {
        assertThat(ask(proxy.database(), "SELECT 'Zoë'")).isEqualTo("Zoë");
        assertThat(ask(proxy.database(), "SELECT repeat('x', 10000000)")).hasSize(10_000_000);
        assertThat(ask(proxy.database(), "SELECT count(*) FROM generate_series(1, 100000)"))
                .isEqualTo("100000");
        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> ask(proxy.database(), "SELECT nonsense"))
                .withMessageContaining("nonsense");
    }

    @Test
    void connections_that_are_cut_are_lost_and_new_ones_work() throws SQLException {
        try (Connection connection = proxy.database().connect()) {
            proxy.cut();

            assertLost(() -> execute(connection, "SELECT 1"));
        }
        assertThat(ask(proxy.database(), "SELECT 1")).isEqualTo("1");
    }

    @Test
    void new_connections_are_refused_while_those_that_are_open_work_on() throws SQLException {
        try (Connection connection = proxy.database().connect()) {
            proxy.refuse();

            execute(connection, "SELECT 1");
            assertLost(() -> ask(proxy.database(), "SELECT 1"));

            proxy.heal();
            assertThat(ask(proxy.database(), "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void nothing_reaches_a_server_that_is_frozen_off_until_it_thaws() throws Exception {
        try (Connection connection = impatient()) {
            proxy.freeze(Way.TO_SERVER);

            assertLost(() -> execute(connection, "INSERT INTO notes VALUES ('late')"));
            assertThat(notes()).as("in spite of the client having gone").isEqualTo("0");

            proxy.heal();
            await().until(() -> notes().equals("1"));
        }
    }

    @Test
    void what_a_client_that_is_frozen_off_asked_for_is_done_and_its_answer_waits() throws Exception {
        try (Connection connection = proxy.database().connect()) {
            proxy.freeze(Way.TO_CLIENT);
            CompletableFuture<Void> insert = CompletableFuture.runAsync(() -> {
                try {
                    execute(connection, "INSERT INTO notes VALUES ('done')");
                } catch (SQLException failure) {
                    throw new IllegalStateException(failure);
                }
            });

            await().until(() -> notes().equals("1"));
            assertThat(insert).isNotDone();

            proxy.heal();
            insert.get();
        }
    }

    @Test
    void a_frozen_connection_that_is_cut_does_not_thaw() throws SQLException {
        try (Connection connection = proxy.database().connect()) {
            proxy.freeze(Way.TO_SERVER);
            CompletableFuture<Boolean> lost = CompletableFuture.supplyAsync(() -> {
                assertLost(() -> execute(connection, "INSERT INTO notes VALUES ('lost')"));
                return true;
            });

            proxy.cut();

            assertThat(lost.join()).isTrue();
            proxy.heal();
            assertThat(notes()).isEqualTo("0");
        }
    }

    @Test
    void traffic_is_delayed_both_ways() throws SQLException {
        try (Connection connection = proxy.database().connect()) {
            proxy.delay(Duration.ofMillis(150));
            long began = System.nanoTime();

            execute(connection, "SELECT 1");

            assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
        }
    }

    @Test
    void the_answer_of_a_commit_is_swallowed_and_the_commit_is_done() throws SQLException {
        try (Connection connection = proxy.database().connect()) {
            proxy.swallowCommitAnswers(1);
            connection.setAutoCommit(false);
            execute(connection, "INSERT INTO notes VALUES ('done')");

            assertLost(connection::commit);

            assertThat(notes()).isEqualTo("1");
            assertThat(proxy.swallowedAnswers()).isEqualTo(1);
        }
        execute(proxy.database(), "INSERT INTO notes VALUES ('the next is answered')");
    }

    @Test
    void the_answer_of_a_statement_that_commits_by_itself_is_swallowed_too() throws SQLException {
        try (Connection connection = proxy.database().connect()) {
            proxy.swallowCommitAnswers(1);
            execute(connection, "SELECT 1");
            execute(connection, "UPDATE notes SET text = 'there are none'");

            assertLost(() -> execute(connection, "SELECT 1; INSERT INTO notes VALUES ('done') RETURNING text"));

            assertThat(notes()).isEqualTo("1");
        }
    }

    @Test
    void a_rollback_and_reads_are_answered_although_the_next_commit_would_not_be() throws SQLException {
        proxy.swallowCommitAnswers(1);
        try (Connection connection = proxy.database().connect()) {
            connection.setAutoCommit(false);
            execute(connection, "INSERT INTO notes VALUES ('undone')");
            connection.rollback();
            assertThatExceptionOfType(SQLException.class).isThrownBy(() -> execute(connection, "SELECT nonsense"));
            connection.commit(); // which rolls back
        }
        assertThat(ask(proxy.database(), "SELECT count(*) FROM notes")).isEqualTo("0");
        assertThat(proxy.swallowedAnswers()).isZero();
    }

    @Test
    void a_server_may_be_killed_and_come_back_behind_it() throws SQLException {
        try (EmbeddedServer server = PostgresServer.start(true);
                FaultProxy before = FaultProxy.before(server.createDatabase())) {
            try (Connection connection = before.database().connect()) {
                server.kill();

                assertThatExceptionOfType(SQLException.class)
                        .isThrownBy(() -> execute(connection, "SELECT 1"))
                        .satisfies(failure -> assertThat(FailureKind.of(failure))
                                .as("a session may see its server die, and say so, before it dies itself")
                                .isEqualTo(FailureKind.DISCONNECTED));
                assertLost(() -> ask(before.database(), "SELECT 1"));
            }
            server.restart();
            assertThat(ask(before.database(), "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void a_proxy_that_is_closed_leaves_no_connection() throws SQLException {
        try (Connection connection = proxy.database().connect()) {
            proxy.close();

            assertLost(() -> execute(connection, "SELECT 1"));
            assertLost(() -> ask(proxy.database(), "SELECT 1"));
        }
        await().until(() -> ask(database, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
                .equals("1"));
    }

    private interface Work {
        void run() throws SQLException;
    }

    private static void assertLost(Work work) {
        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(work::run)
                .satisfies(failure -> assertThat(failure.getSQLState()).startsWith("08"));
    }

    /** Gives up after a second without an answer. */
    private Connection impatient() throws SQLException {
        TestDatabase through = proxy.database();
        String url = through.url() + (through.url().contains("?") ? "&" : "?") + "socketTimeout=1";
        return DriverManager.getConnection(url, through.user(), through.password());
    }

    private String notes() throws SQLException {
        return ask(database, "SELECT count(*) FROM notes");
    }

    private static void execute(TestDatabase database, String sql) throws SQLException {
        try (Connection connection = database.connect()) {
            execute(connection, sql);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String ask(TestDatabase database, String sql) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}
