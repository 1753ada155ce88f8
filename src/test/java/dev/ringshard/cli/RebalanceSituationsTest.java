package dev.ringshard.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringshard.Ringshard;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.rebalance.RebalanceSettings;
import dev.ringshard.rebalance.Rebalancing;
import dev.ringshard.testing.H2Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said of a cluster that grows, where something is in the way; on H2. */
@Tag("ci")
class RebalanceSituationsTest {
    @TempDir
    Path directory = Path.of("");

    private Cli cli = new Cli(directory);

    @BeforeEach
    void found() throws IOException {
        cli = Cli.founded(directory, 2);
        cli.run("load", "--generate", "2000");
    }

    private String yaml() throws IOException {
        return Files.readString(directory.resolve("bank.yaml"));
    }

    /** Puts a third shard into the configuration. */
    private void add(String url) throws IOException {
        cli.file("bank.yaml", yaml() + "\n  - { name: eu-3, url: \"%s\", user: sa }\n".formatted(url));
    }

    /** On stderr, without the lines that only say that it goes on. */
    private static String said(Cli.Result result) {
        return result.err().replaceAll("(?m)^counting what would move: .*\n", "");
    }

    private static void assertPlain(Cli.Result result) {
        assertThat(result.out() + result.err()).doesNotContain("Unexpected", "\tat ", "null", "Exception");
    }

    @Test
    void status_shows_a_rebalance_that_runs_elsewhere() throws IOException {
        add(H2Database.inMemory().url());
        try (Ringshard elsewhere = Ringshard.open(RingshardConfig.load(directory.resolve("bank.yaml")))) {
            Rebalancing running = elsewhere
                    .rebalancer()
                    .start(
                            elsewhere.rebalancer().plan(),
                            RebalanceSettings.DEFAULT.withRowsPerSecond(200),
                            progress -> {});
            while (running.progress().doneRows() == 0) {
                assertThat(running.isDone()).isFalse();
                Thread.onSpinWait();
            }

            Cli.Result text = cli.run("status");
            JsonNode json =
                    new ObjectMapper().readTree(cli.run("status", "--json").out());

            assertThat(running.isDone()).isFalse();
            running.cancel();
            running.await();
            assertThat(text.exitCode()).isEqualTo(3);
            assertThat(text.out())
                    .contains("A rebalance is under way: ", "Still to move: at least ")
                    .containsPattern("eu-[12] +eu-3 +[0-9.]+ % +[0-9,]+")
                    .endsWith("Next: ringshard status --config %s\n".formatted(directory.resolve("bank.yaml")));
            assertThat(json.at("/moving/rows").isIntegralNumber()).isTrue();
            assertThat(json.at("/moving/moves/0/target").asText()).isEqualTo("eu-3");
            assertThat(json.findValues("targetShare"))
                    .as("the same for all, however far it is")
                    .allSatisfy(target -> assertThat(target.asDouble()).isCloseTo(1 / 3.0, within(1e-9)));
            assertThat(json.get("pendingShare").asDouble()).isPositive();
        }
        assertThat(cli.run("status").out()).contains("Next: ringshard plan").doesNotContain("under way");
    }

    @Test
    void init_leaves_a_shard_alone_that_is_to_join_and_says_how_it_does() throws IOException {
        add(H2Database.inMemory().url());

        Cli.Result init = cli.run("init");

        assertThat(init.exitCode()).as(init.err()).isZero();
        assertThat(init.err()).doesNotContain("eu-3: migrating");
        assertThat(init.out())
                .contains(
                        "was already initialised; nothing changed.",
                        "New, and left alone: eu-3.",
                        "Next: ringshard plan");
        assertThat(cli.run("rebalance", "--yes").exitCode()).isZero();
        assertThat(cli.run("init").out()).doesNotContain("New, and left alone");
    }

    @Test
    void a_share_near_its_target_is_left_as_it_is() throws IOException {
        cli.file("bank.yaml", yaml().replaceFirst(", user: sa }", ", user: sa, weight: 1.04 }"));

        assertThat(cli.run("plan").exitCode()).isZero();
        Cli.Result status = cli.run("status");
        assertThat(status.exitCode()).isZero();
        assertThat(status.out())
                .containsPattern("eu-1 .* 50\\.0 % +51\\.0 %")
                .contains("Nothing has to move: a shard may own 0.90 to 1.05 of its target.");
    }

    @Test
    void a_target_that_is_down_is_named_and_nothing_moves() throws IOException {
        add("jdbc:postgresql://127.0.0.1:1/none");
        cli.file("bank.yaml", yaml() + "\npool: { connection-timeout: 1s }\n");

        for (String command : new String[] {"plan", "rebalance --yes"}) {
            Cli.Result result = cli.run(command.split(" "));
            assertThat(result.exitCode()).as(command).isEqualTo(1);
            assertThat(result.out()).as(command).isEmpty();
            assertThat(said(result)).as(command).isEqualTo("""
                    Shard eu-3 cannot be reached: Connection refused. Nothing was written. See that its database runs and that \
                    url, user and password are right; keys on other shards are not affected.
                    Next: ringshard config check --config %s
                    """.formatted(directory.resolve("bank.yaml")));
        }
        assertThat(cli.run("get", "g1-000001").exitCode()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"plan", "rebalance --yes"})
    void a_shard_that_is_left_out_although_it_owns_a_part_of_the_ring_is_told(String command) throws IOException {
        cli.file("bank.yaml", yaml().replaceFirst("\\n.*name: eu-2.*", "") + "\nrouting-timeout: 1s\n");

        Cli.Result result = cli.run(command.split(" "));

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(said(result)).isEqualTo("""
                50.0 %% of the ring has no owner among the shards that are configured, and they know of eu-2, which is not \
                configured. Nothing was changed. Put it back into the configuration, with weight 0 if it is to go; it may be \
                left out once it owns nothing.
                Next: ringshard config check --config %s
                """.formatted(directory.resolve("bank.yaml")));
        Cli.Result status = cli.run("status");
        assertThat(status.exitCode()).isEqualTo(3);
        assertThat(status.out()).isEqualTo("""
                Cluster bank · 1 shard · 981 customers, 2,943 account_entries

                  shard  state   rows   share   target  ranges  pool  schema
                  eu-1   up     3,924  50.0 %%  100.0 %%       1  0/10       2

                50.0 %% of the ring has no owner among the shards that are configured, and they know of eu-2, which is not \
                configured. Nothing was changed. Put it back into the configuration, with weight 0 if it is to go; it may be \
                left out once it owns nothing.
                Nobody watches it to rebalance by itself.
                Nothing is left over from moves.
                Next: correct %1$s, then ringshard status --config %1$s
                """.formatted(directory.resolve("bank.yaml")));
    }

    @Test
    void a_member_whose_database_is_empty_is_named_and_not_whoever_has_left() throws IOException {
        String two = yaml();
        add(H2Database.inMemory().url());
        assertThat(cli.run("rebalance", "--yes").exitCode()).isZero();
        cli.file("bank.yaml", yaml().replaceFirst("(name: eu-2.*) }", "$1, weight: 0 }"));
        assertThat(cli.run("rebalance", "--yes").exitCode()).isZero();
        cli.file("bank.yaml", "routing-timeout: 1s\n" + two.replaceFirst("\\n.*name: eu-2.*", ""));
        add(H2Database.inMemory().url());

        String said =
                "The others know eu-3 as a member, and the database at its url is empty: it is not the one that was eu-3.";
        assertThat(cli.run("plan").err()).contains(said).doesNotContain("eu-2");
        Cli.Result status = cli.run("status");
        assertThat(status.out()).contains(said).doesNotContain("eu-2", "New, and to take part");
        Cli.Result check = cli.run("config", "check");
        assertThat(check.out()).contains(said).doesNotContain("eu-2");
        assertThat(check.exitCode()).isEqualTo(2);
    }

    @Test
    void two_rebalances_at_once_both_end_with_every_shard_owning_what_it_should() throws Exception {
        add(H2Database.inMemory().url());
        CompletableFuture<Cli.Result> other = CompletableFuture.supplyAsync(() -> cli.run("rebalance", "--yes"));

        Cli.Result one = cli.run("rebalance", "--yes");

        for (Cli.Result result : new Cli.Result[] {one, other.get(60, TimeUnit.SECONDS)}) {
            assertThat(result.exitCode()).as(result.err()).isZero();
            assertThat(result.out()).contains("Every shard owns what it should.");
            assertPlain(result);
        }
        assertThat(cli.run("verify").exitCode()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"init", "status", "plan", "get g1-000001"})
    void a_schema_of_a_newer_version_is_left_alone(String command) throws Exception {
        try (Connection connection = DriverManager.getConnection(url("eu-1"), "sa", "");
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO ringshard.\"schema_history\" SELECT \"installed_rank\" + 100, '99', 'newer',"
                    + " \"type\", 'V99__newer.sql', 1, \"installed_by\", \"installed_on\", 1, TRUE"
                    + " FROM ringshard.\"schema_history\" ORDER BY \"installed_rank\" DESC LIMIT 1");
        }

        Cli.Result result = cli.run(command.split(" "));

        assertThat(result.exitCode()).as(result.err()).isEqualTo(2);
        assertThat(result.err())
                .contains("has schema version 99", "othing was written", "Use the version that has migrated it")
                .doesNotContain("migrating its schema");
        assertPlain(result);
    }

    private String url(String shard) {
        return RingshardConfig.load(directory.resolve("bank.yaml"))
                .shard(shard)
                .map(ShardConfig::source)
                .map(source -> source.describe())
                .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"init", "status", "plan", "rebalance --yes", "get g1-000001"})
    void a_database_of_another_cluster_is_left_alone(String command) throws IOException {
        String before = yaml();
        cli.file("bank.yaml", before.replace("cluster: bank", "cluster: shop"));

        Cli.Result result = cli.run(command.split(" "));

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).endsWith("""
                The database configured as shard eu-1 belongs to cluster bank, not to shop. It is left alone; nothing was \
                written. Correct url or cluster.
                Next: ringshard config check --config %s
                """.formatted(directory.resolve("bank.yaml")));
        assertPlain(result);
    }
}
