package dev.ringshard.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringshard.testing.EmbeddedServer;
import dev.ringshard.testing.PostgresServer;
import dev.ringshard.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** As {@link BadSituationsTest}, with what only a server of its own can do wrong. */
@Tag("ci")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadSituationsPostgresTest {
    @TempDir
    Path directory = Path.of("");

    private final EmbeddedServer server = PostgresServer.start(false);

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void a_wrong_password_is_told_for_its_shard_alone_and_never_shown() throws Exception {
        TestDatabase one = server.createDatabase();
        TestDatabase other = server.createDatabase();
        requirePassword(one);
        Cli cli = new Cli(directory);
        configure(cli, one.url(), "user: guarded, password: right", other.url());
        assertThat(cli.run("init").exitCode()).isZero();
        configure(cli, one.url(), "user: guarded, password: hunter2", other.url());

        Cli.Result init = cli.run("init", "--debug");
        assertThat(init.exitCode()).isEqualTo(1);
        Cli.Result status = cli.run("status");
        assertThat(status.exitCode()).isEqualTo(3);
        Cli.Result check = cli.run("config", "check");
        assertThat(check.exitCode()).as("it is the configuration that is wrong").isEqualTo(2);
        String refused = "Shard eu-1 cannot be reached: FATAL: password authentication failed for user \"guarded\"."
                + " Nothing was written. See that its database runs and that url, user and password are right;"
                + " keys on other shards are not affected.\n";
        assertThat(alike(check.out())).isEqualTo("""
                Cluster bank · 2 shards · md5, 128 virtual nodes for a weight of 1, strategy balanced

                  shard  state   says it is    server           schema  database
                  eu-1   wrong   –             –                     –  jdbc:postgresql://HOST/DATABASE
                  eu-2   member  eu-2 of bank  PostgreSQL NN.N       2  jdbc:postgresql://HOST/DATABASE

                %sNext: correct DIR/bank.yaml, then ringshard config check --config DIR/bank.yaml
                """.formatted(refused));
        assertThat(alike(status.out())).isEqualTo("""
                Cluster bank · 2 shards · 0 customers, 0 account_entries on those that answer

                  shard  state  rows   share  target  ranges  pool  schema
                  eu-1   down      –       –  50.0 %       –  0/10       –
                  eu-2   up        0  50.0 %  50.0 %       1  0/10       2

                REFUSED50.0 % of the ring has no owner among the shards that answer.
                Nobody watches it to rebalance by itself.
                Nothing is left over from moves on the shards that answer.
                Next: see that what is down runs and lets its user in, then ringshard status --config DIR/bank.yaml
                """.replace("REFUSED", refused));
        for (String said : List.of(init.err(), status.out(), check.out())) {
            assertThat(said)
                    .contains(
                            "Shard eu-1 cannot be reached: FATAL: password authentication failed for user \"guarded\"")
                    .doesNotContain("hunter2");
        }
    }

    /** For one user; all others come in as before. */
    private static void requirePassword(TestDatabase database) throws Exception {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE ROLE guarded SUPERUSER LOGIN PASSWORD 'right'");
            statement.execute("""
                    DO $$ BEGIN
                        EXECUTE format('COPY (VALUES (%L), (%L)) TO %L',
                            'host all guarded all scram-sha-256', 'host all all all trust',
                            current_setting('hba_file'));
                    END $$""");
            statement.execute("SELECT pg_reload_conf()");
        }
        await().until(() -> isRefused(database));
    }

    private static boolean isRefused(TestDatabase database) {
        try (Connection connection = new TestDatabase(database.url(), "guarded", "wrong").connect()) {
            return connection.isClosed();
        } catch (SQLException refused) {
            return true;
        }
    }

    private static void configure(Cli cli, String one, String other) throws IOException {
        configure(cli, one, "user: postgres", other);
    }

    private static void configure(Cli cli, String one, String user, String other) throws IOException {
        configure(cli, "6s", one, user, other);
    }

    private static void configure(Cli cli, String timeout, String one, String user, String other) throws IOException {
        cli.file("bank.yaml", """
                cluster: bank
                routing-timeout: 1s
                pool: { connection-timeout: %s }
                shards:
                  - { name: eu-1, url: "%s", %s }
                  - { name: eu-2, url: "%s", user: postgres }
                """.formatted(timeout, one, user, other));
    }

    @Test
    void a_database_that_does_not_exist_is_wrong() throws IOException {
        TestDatabase there = server.createDatabase();
        Cli cli = new Cli(directory);
        configure(cli, there.url() + "_gone", there.url());

        Cli.Result check = cli.run("config", "check");

        assertThat(check.exitCode()).isEqualTo(2);
        assertThat(check.out())
                .containsPattern("eu-1 +wrong")
                .containsPattern("eu-2 +new")
                .contains("does not exist");
    }

    @Test
    void one_database_under_two_names_of_its_host_is_refused() throws IOException {
        TestDatabase there = server.createDatabase();
        Cli cli = new Cli(directory);
        configure(cli, there.url().replace("localhost", "127.0.0.1"), there.url());

        Cli.Result init = cli.run("init");

        assertThat(init.exitCode()).isEqualTo(2);
        assertThat(init.err())
                .contains("Shards eu-1 and eu-2 are configured with the same database. Nothing was written.");
        Cli.Result check = cli.run("config", "check");
        assertThat(check.exitCode()).isEqualTo(2);
        assertThat(check.out())
                .containsPattern("eu-1 +new")
                .containsPattern("eu-2 +wrong")
                .contains("Shards eu-1 and eu-2 are configured with the same database.");
    }

    @Test
    void a_deposit_whose_answer_was_lost_ends_with_4_and_the_command_on_the_last_line_finds_out() throws Exception {
        TestDatabase one = server.createDatabase();
        TestDatabase other = server.createDatabase();
        Cli cli = new Cli(directory);
        configure(cli, one.url(), other.url());
        cli.run("init");
        cli.run("load", "--generate", "1", "--prefix", "it's-");
        String dies = "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS"
                + " 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END';"
                + " CREATE TRIGGER dies AFTER INSERT ON account_entries FOR EACH ROW EXECUTE FUNCTION die()";
        execute(dies, one, other);

        Cli.Result lost = cli.run("deposit", "it's-000001", "401k", "12.50");
        assertThat(lost.exitCode()).isEqualTo(4);
        assertThat(lost.err())
                .containsPattern("^Operation id: [0-9a-f-]{36}\n")
                .contains("the commit was sent and no answer came", "Repeat it with the same operation id");
        String id = lost.err().lines().findFirst().orElseThrow().replace("Operation id: ", "");
        assertThat(lost.out())
                .isEqualTo("Next: ringshard deposit --id %s 'it'\\''s-000001' 401k 12.50 --config %s\n"
                        .formatted(id, directory.resolve("bank.yaml")));
        Cli.Result json = cli.run("deposit", "it's-000001", "401k", "12.50", "--id", id, "--json");
        assertThat(json.exitCode()).isEqualTo(4);
        assertThat(new ObjectMapper().readTree(json.out()).get("outcome").asText())
                .isEqualTo("unknown");

        execute("DROP TRIGGER dies ON account_entries", one, other);
        String[] repeated = {"deposit", "--id", id, "it's-000001", "401k", "12.50"};
        assertThat(cli.run(repeated).out()).startsWith("Deposited 12.50 to 401(k) of it's-000001; it now holds ");
        assertThat(cli.run(repeated).out()).startsWith("Nothing changed: operation " + id + " was done before");
    }

    private static void execute(String sql, TestDatabase... databases) throws Exception {
        for (TestDatabase database : databases) {
            try (Connection connection = database.connect();
                    Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
        }
    }

    @Test
    void a_server_that_is_down_stops_an_export_and_a_load_and_both_go_on_afterwards() throws Exception {
        try (EmbeddedServer mortal = PostgresServer.start(true)) {
            Cli cli = new Cli(directory);
            String immortal = server.createDatabase().url();
            String killed = mortal.createDatabase().url();
            configure(cli, immortal, killed);
            cli.run("init");
            cli.run("load", "--generate", "50");
            mortal.kill();
            configure(cli, "1s", immortal, "user: postgres", killed);

            assertThat(cli.run("export").exitCode()).isEqualTo(1);
            Cli.Result stopped = cli.run("load", "--generate", "200");
            assertThat(stopped.exitCode()).isEqualTo(1);
            assertThat(stopped.err()).contains("eu-2");

            mortal.restart();
            configure(cli, immortal, killed);
            await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> {
                Cli.Result again = cli.run("load", "--generate", "200");
                assertThat(again.exitCode()).as(again.err()).isZero();
            });
            assertThat(cli.run("export").out().lines()).hasSize(201);
        }
    }

    /** What every run says in other words: where databases and files are, and what the server is called. */
    private String alike(String screen) {
        return screen.replace(directory.toString(), "DIR")
                .replaceAll("localhost:[0-9]+/test_\\w+", "HOST/DATABASE")
                .replaceAll("PostgreSQL [0-9.]{4}", "PostgreSQL NN.N");
    }

    private static final String UNREACHABLE = """
            Shard eu-2 cannot be reached: Connection refused. Nothing was written. See that its database runs and that \
            url, user and password are right; keys on other shards are not affected.
            """;

    private static final String CHECK = "Next: ringshard config check --config DIR/bank.yaml\n";

    @Test
    void what_an_operator_sees_while_a_server_is_down() throws Exception {
        try (EmbeddedServer mortal = PostgresServer.start(true)) {
            Cli cli = new Cli(directory);
            TestDatabase one = server.createDatabase();
            TestDatabase other = mortal.createDatabase();
            configure(cli, one.url(), other.url());
            cli.run("init");
            cli.run("load", "--generate", "50");
            mortal.kill();
            configure(cli, "1s", one.url(), "user: postgres", other.url());

            assertSees(cli, "status", 3, """
                    Cluster bank · 2 shards · 24 customers, 72 account_entries on those that answer

                      shard  state  rows   share  target  ranges  pool  schema
                      eu-1   up       96  50.0 %  50.0 %       1  0/10       2
                      eu-2   down      –       –  50.0 %       –  0/10       –

                    UNREACHABLE50.0 % of the ring has no owner among the shards that answer.
                    Nobody watches it to rebalance by itself.
                    Nothing is left over from moves on the shards that answer.
                    Next: see that what is down runs and lets its user in, then ringshard status --config DIR/bank.yaml
                    """.replace("UNREACHABLE", UNREACHABLE), "");
            JsonNode shards = cli.run("status", "--json").json().get("shards");
            assertThat(shards.at("/0/share").isNumber()).isTrue();
            assertThat(shards.at("/0/leftovers").asInt(-1)).isZero();
            assertThat(shards.at("/1/share").isNull()).isTrue();
            assertThat(shards.at("/1/leftovers").isNull()).isTrue();
            assertSees(cli, "config check", 1, """
                    Cluster bank · 2 shards · md5, 128 virtual nodes for a weight of 1, strategy balanced

                      shard  state   says it is    server           schema  database
                      eu-1   member  eu-1 of bank  PostgreSQL NN.N       2  jdbc:postgresql://HOST/DATABASE
                      eu-2   down    –             –                     –  jdbc:postgresql://HOST/DATABASE

                    UNREACHABLENext: see that each database that is down runs, then ringshard config check --config DIR/bank.yaml
                    """.replace("UNREACHABLE", UNREACHABLE), "");
            assertSees(cli, "recover", 3, """
                    Cluster bank · nothing to tidy up

                    Not reached: eu-2. What needs it is still to do.
                    Next: see that each database that is down runs, then ringshard recover --config DIR/bank.yaml
                    """, "");
            for (String command : List.of("plan", "rebalance --yes")) {
                assertSees(cli, command, 1, "", UNREACHABLE + CHECK);
            }
            for (String command : List.of("verify", "export")) {
                assertSees(cli, command, 1, "", """
                        A read over all shards needs eu-2. Shard eu-2 cannot be reached: Connection refused. Nothing was \
                        returned; a program can also ask for a partial answer. Repeat it once eu-2 answers.
                        """ + CHECK);
            }
        }
    }

    private void assertSees(Cli cli, String command, int exitCode, String out, String err) {
        Cli.Result result = cli.run(command.split(" "));
        assertThat(alike(result.out())).as(command).isEqualTo(out);
        assertThat(alike(result.err())).as(command).isEqualTo(err);
        assertThat(result.exitCode()).as(command).isEqualTo(exitCode);
    }
}
