package dev.ringshard.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.config.ShardConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The servers that other tests trust. That a durable server keeps what it acknowledged is shown for killed processes, not
 * for a machine that loses power.
 */
@Tag("ci")
class PostgresServerTest {

    @Test
    void fresh_databases_are_separate() throws SQLException {
        TestDatabase one = PostgresServer.shared().createDatabase();
        TestDatabase other = PostgresServer.shared().createDatabase();

        execute(one, "CREATE TABLE notes (text text)");

        assertThat(ask(one, "SELECT count(*) FROM pg_tables WHERE tablename = 'notes'"))
                .isEqualTo("1");
        assertThat(ask(other, "SELECT count(*) FROM pg_tables WHERE tablename = 'notes'"))
                .isEqualTo("0");
    }

    @Test
    void there_is_one_shared_server_with_room_for_many_pools() throws SQLException {
        PostgresServer server = PostgresServer.shared();

        assertThat(PostgresServer.shared()).isSameAs(server);
        assertThat(ask(server.maintenance(), "SHOW max_connections")).isEqualTo("300");
    }

    @Test
    void a_durable_server_keeps_committed_rows_and_only_those_over_a_kill() throws SQLException {
        try (EmbeddedServer server = PostgresServer.start(true)) {
            TestDatabase database = server.createDatabase();
            execute(database, "CREATE TABLE notes (text text)");
            execute(database, "INSERT INTO notes VALUES ('committed')");
            try (Connection open = database.connect();
                    Statement statement = open.createStatement()) {
                open.setAutoCommit(false);
                statement.execute("INSERT INTO notes VALUES ('not committed')");

                server.kill();

                assertThatExceptionOfType(SQLException.class).isThrownBy(() -> ask(database, "SELECT 1"));
                assertThatExceptionOfType(SQLException.class).isThrownBy(() -> statement.execute("SELECT 1"));
            }

            server.restart();

            assertThat(ask(database, "SELECT string_agg(text, ', ') FROM notes"))
                    .isEqualTo("committed");
        }
    }

    @Test
    void a_durable_server_waits_for_the_disk() throws SQLException {
        try (PostgresServer server = PostgresServer.start(true)) {
            TestDatabase database = server.createDatabase();

            assertThat(ask(database, "SHOW fsync")).isEqualTo("on");
            assertThat(ask(database, "SHOW synchronous_commit")).isEqualTo("on");
            assertThat(ask(database, "SHOW full_page_writes")).isEqualTo("on");
        }
    }

    @Test
    void a_server_that_forgets_commits_cannot_be_killed() throws SQLException {
        try (EmbeddedServer server = PostgresServer.start(false)) {
            TestDatabase database = server.createDatabase();

            assertThatThrownBy(server::kill)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("durable");

            assertThat(ask(database, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void a_server_that_is_closed_leaves_nothing_behind() throws SQLException {
        EmbeddedServer server = PostgresServer.start(false);
        Path directory = Path.of(ask(server.createDatabase(), "SHOW data_directory"));

        server.close();
        server.close();

        assertThat(Files.exists(directory)).isFalse();
    }

    @Test
    void a_server_given_by_its_url_gets_databases_that_go_when_it_is_closed() throws SQLException {
        TestDatabase known = PostgresServer.shared().createDatabase();
        String url = known.url() + "?user=" + known.user() + "&password=" + known.password();
        TestDatabase fresh;
        try (PostgresServer given = new PostgresChoice(url).open()) {
            fresh = given.createDatabase();
            assertThat(ask(fresh, "SELECT 1")).isEqualTo("1");
        }

        assertThatExceptionOfType(SQLException.class).isThrownBy(() -> ask(fresh, "SELECT 1"));
        assertThat(ask(known, "SELECT 1")).isEqualTo("1");
    }

    @Test
    void a_shard_can_be_configured_with_a_database_of_a_server_given_by_its_url() throws SQLException {
        TestDatabase known = PostgresServer.shared().createDatabase();
        String url =
                known.url() + "?user=%s&ApplicationName=a+test&password=%s".formatted(known.user(), known.password());
        try (PostgresServer given = new PostgresChoice(url).open()) {
            TestDatabase fresh = given.createDatabase();

            assertThat(fresh.user()).isEqualTo(known.user());
            assertThat(fresh.password()).isEqualTo(known.password());
            assertThat(fresh.url()).endsWith("?ApplicationName=a+test").doesNotContain("user", "password");
            assertThat(ask(fresh, "SHOW application_name")).isEqualTo("a test");
            assertThat(ShardConfig.of("eu-1", fresh.url(), "somebody", "secret").name())
                    .as("user and password stand beside the URL")
                    .isEqualTo("eu-1");
        }
    }

    @Test
    void a_wish_that_means_nothing_is_refused_with_what_is_allowed() {
        assertThatThrownBy(() -> new PostgresChoice("dockr").open())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("dockr")
                .hasMessageContaining("testcontainers")
                .hasMessageContaining("embedded");
    }

    @Test
    void containers_and_docker_compose_use_the_same_image() throws Exception {
        assertThat(Path.of("docker-compose.yml")).content().contains("image: " + ContainerServer.DEFAULT_IMAGE);
    }

    private static void execute(TestDatabase database, String sql) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
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
