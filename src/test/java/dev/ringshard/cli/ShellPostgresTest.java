package dev.ringshard.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.DatabaseSource;
import dev.ringshard.config.Password;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.failure.SqlFailedException;
import dev.ringshard.internal.shard.PostgresTools;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code shell}, with the psql that is installed. */
@Tag("ci")
class ShellPostgresTest {
    private static final String SECRET = "correct horse battery staple";

    private final RingshardConfig config = TestCluster.founded(DatabaseKind.POSTGRESQL, 2);

    @TempDir
    Path directory = Path.of("");

    private Cli cli = new Cli(directory);

    @BeforeEach
    void configure() throws IOException, SQLException {
        TestDatabase.of(config.shards().get(0))
                .execute("CREATE ROLE shell_user LOGIN SUPERUSER PASSWORD '" + SECRET + "'");
        List<String> lines = new ArrayList<>(List.of("cluster: bank", "ring: { virtual-nodes: 8 }", "shards:"));
        for (ShardConfig shard : config.shards()) {
            lines.add(new TestDatabase(TestDatabase.of(shard).url(), "shell_user", SECRET).yaml(shard.name()));
        }
        cli = new Cli(directory);
        cli.file("bank.yaml", String.join("\n", lines));
    }

    @AfterEach
    void drop() throws SQLException {
        TestDatabase.of(config.shards().get(0)).execute("DROP ROLE shell_user");
    }

    private String answer(String key, String query) throws IOException {
        Path answer = directory.resolve("answer.txt");
        Cli.Result result = Cli.bare(
                "shell",
                "--config",
                directory.resolve("bank.yaml").toString(),
                key,
                "--",
                "-X",
                "-A",
                "-t",
                "-o",
                answer.toString(),
                "-c",
                query);
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out()).isEmpty();
        assertThat(result.err())
                .contains(key + " is on shard ", " as shell_user.")
                .doesNotContain(SECRET);
        return Files.readString(answer).strip();
    }

    @Test
    void psql_is_on_the_owner_as_the_configured_user() throws IOException {
        for (String key : List.of("c-1", "c-2", "c-3", "c-4")) {
            String owner =
                    cli.run("locate", "--json", key).json().at("/keys/0/shard").asText();

            assertThat(answer(key, "SELECT shard_name, current_user FROM ringshard.membership"))
                    .isEqualTo(owner + "|shell_user");
        }
    }

    /** Of which nothing is asked before. */
    @Test
    void a_shard_is_opened_by_its_name() throws IOException {
        Path answer = directory.resolve("answer.txt");
        String bank = directory.resolve("bank.yaml").toString();
        Cli.Result result = Cli.bare(
                "shell",
                "--config",
                bank,
                "--shard",
                "eu-2",
                "--",
                "-XAt",
                "-o",
                answer.toString(),
                "-c",
                "SELECT shard_name, current_user FROM ringshard.membership");

        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.err())
                .startsWith("Shard eu-2: ")
                .contains(" as shell_user.")
                .doesNotContain(SECRET);
        assertThat(Files.readString(answer).strip()).isEqualTo("eu-2|shell_user");
        assertThat(cli.run("shell", "c-1", "--shard", "eu-2").exitCode()).isEqualTo(2);
        assertThat(cli.run("shell").exitCode()).isEqualTo(2);
        assertThat(cli.run("shell", "--shard", "eu-9").err()).contains("There is no shard eu-9");
        assertThat(cli.run("shell", "--json", "--shard", "eu-2")
                        .json()
                        .at("/shard")
                        .asText())
                .isEqualTo("eu-2");
    }

    @Test
    void the_password_is_in_no_list_of_processes() throws IOException {
        answer("c-1", "\\! ps -ef > " + directory.resolve("processes.txt"));

        assertThat(Files.readString(directory.resolve("processes.txt")))
                .contains("psql")
                .doesNotContain(SECRET);
    }

    @Test
    void what_psql_fails_with_is_a_failure() {
        Cli.Result result = Cli.bare(
                "shell",
                "--config",
                directory.resolve("bank.yaml").toString(),
                "c-1",
                "--",
                "-X",
                "-L",
                directory.resolve("no").resolve("such.log").toString(),
                "-c",
                "SELECT 1");

        assertThat(result.exitCode()).isEqualTo(1);
    }

    @Test
    void json_says_where_and_opens_nothing() throws IOException {
        JsonNode json = cli.run("shell", "--json", "c-1").json();

        assertThat(Cli.keys(json)).containsExactly("key", "shard", "token", "url", "user");
        assertThat(json.toString()).doesNotContain(SECRET);
    }

    @Test
    void a_shard_on_h2_is_refused_and_sql_is_named_instead() throws IOException {
        Cli.Result result = Cli.founded(directory, 2).run("shell", "c-1");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("psql opens databases of PostgreSQL only", "the command sql with --key");
    }

    @Test
    void where_psql_is_missing_the_package_is_named() {
        DatabaseSource.Jdbc database = new DatabaseSource.Jdbc("jdbc:postgresql://localhost/bank", "", Password.NONE);

        assertThatThrownBy(() -> PostgresTools.open(database, List.of("no-such-psql")))
                .isInstanceOf(SqlFailedException.class)
                .hasMessageContaining("no-such-psql could not be run")
                .hasMessageContaining("the package postgresql-client of Debian");
    }
}
