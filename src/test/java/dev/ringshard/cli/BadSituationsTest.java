package dev.ringshard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.Ringshard;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.status.InitStep;
import dev.ringshard.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each command ends with and says where something is wrong with the cluster; on H2. */
@Tag("ci")
class BadSituationsTest {
    @TempDir
    Path directory = Path.of("");

    /** What killed it. */
    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @ParameterizedTest
    @ValueSource(strings = {"status", "plan", "rebalance --yes", "verify", "recover", "locate c-1", "get c-1"})
    void before_init_every_command_names_it_as_the_only_next_step(String command) throws IOException {
        Cli cli = Cli.withShards(directory, 2);

        Cli.Result result = cli.run(command.split(" "));

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).isEqualTo("""
                        Cluster bank is not initialised: none of its 2 databases takes part in a cluster. Nothing was written. Run init.
                        Next: ringshard init --config %s
                        """.formatted(directory.resolve("bank.yaml")));
    }

    @ParameterizedTest
    @EnumSource(InitStep.class)
    void an_init_that_was_killed_between_two_shards_is_told_by_every_command_and_finished_by_the_next(InitStep step)
            throws IOException {
        Cli cli = Cli.withShards(directory, 3);
        dieBeforeTheSecondShard(step);

        for (String command :
                new String[] {"status", "load --generate 5", "get c-1", "export", "deposit c-1 savings 1"}) {
            Cli.Result result = cli.run(command.split(" "));
            assertThat(result.exitCode()).as(command).isEqualTo(2);
            assertThat(result.out()).as(command).isEmpty();
            assertThat(result.err())
                    .as(command)
                    .containsPattern("Run init(\\.| again with the same configuration)")
                    .contains("Next: ringshard init --config ");
        }
        Cli.Result check = cli.run("config", "check");
        assertThat(check.exitCode()).isEqualTo(3);
        assertThat(check.out()).contains("Next: ringshard init --config ");

        assertThat(cli.run("init").exitCode()).isZero();
        assertThat(cli.run("status").exitCode()).isZero();
        assertThat(cli.run("config", "check").exitCode()).isZero();
        assertThat(cli.run("load", "--generate", "5").exitCode()).isZero();
    }

    private void dieBeforeTheSecondShard(InitStep fatal) {
        AtomicInteger shards = new AtomicInteger();
        try {
            Ringshard.init(RingshardConfig.load(directory.resolve("bank.yaml")), (step, shard) -> {
                if (step == fatal && shards.incrementAndGet() == 2) {
                    throw new Killed();
                }
            });
            throw new AssertionError("was not killed");
        } catch (Killed expected) {
            // and the cluster is as it was at that moment
        }
    }

    @Test
    void a_shard_that_owns_part_of_the_ring_and_is_left_out_is_named_by_whoever_needs_it() throws IOException {
        Cli cli = Cli.founded(directory, 3);
        cli.run("load", "--generate", "50");
        String missing = customerOn("eu-3");
        String yaml = Files.readString(directory.resolve("bank.yaml"));
        cli.file("bank.yaml", yaml.replaceAll("(?m)^.*name: eu-3.*$", "") + "\nrouting-timeout: 300ms");

        Cli.Result check = cli.run("config", "check");
        assertThat(check.exitCode()).isEqualTo(2);
        assertThat(check.out())
                .contains("no owner among the shards that are configured, and they know of eu-3, which is not")
                .containsPattern("Next: correct .*bank.yaml, then ringshard config check");
        Cli.Result status = cli.run("status");
        assertThat(status.exitCode()).isEqualTo(3);
        assertThat(status.out())
                .contains("and they know of eu-3, which is not configured. Nothing was changed. Put it back into")
                .containsPattern("Next: correct .*bank.yaml, then ringshard status");
        assertThat(cli.run("status", "--json").json().get("problem").asText()).contains("eu-3");
        Cli.Result verify = cli.run("verify");
        assertThat(verify.exitCode()).isEqualTo(3);
        assertThat(verify.out())
                .contains("The shards know of eu-3, which the configuration leaves out: these ranges may be there.")
                .containsPattern("Next: put eu-3 into .*bank.yaml, then ringshard verify");
        assertThat(cli.run("verify", "--json").json().at("/leftOut/0").asText()).isEqualTo("eu-3");
        for (String command : List.of("plan", "rebalance --yes", "get " + missing, "export")) {
            Cli.Result result = cli.run(command.split(" "));
            assertThat(result.exitCode()).as(command).isNotZero();
            assertThat(result.err()).as(command).containsPattern("Next: ringshard (config check|status) --config");
        }

        cli.file("bank.yaml", yaml);
        assertThat(cli.run("config", "check").exitCode()).isZero();
        assertThat(cli.run("verify").exitCode()).isZero();
    }

    @Test
    void of_a_shard_that_was_set_back_every_command_says_what_to_run_next() throws IOException, SQLException {
        Cli cli = Cli.founded(directory, 2);
        cli.run("load", "--generate", "20");
        String key = customerOn("eu-1");
        RingshardConfig config = RingshardConfig.load(directory.resolve("bank.yaml"));
        TestDatabase.of(config.shards().get(0)).execute("""
                INSERT INTO ringshard.departed_range (first_token, last_token, epoch, target)
                SELECT first_token, last_token, epoch + 1, 'eu-2' FROM ringshard.owned_range;
                DELETE FROM ringshard.owned_range""");
        cli.file("bank.yaml", "routing-timeout: 300ms\n" + Files.readString(directory.resolve("bank.yaml")));

        Cli.Result check = cli.run("config", "check");
        assertThat(check.exitCode()).isEqualTo(3);
        assertThat(check.out()).contains("eu-2 was set back", "Next: ringshard verify --config ");
        for (String command :
                List.of("plan", "rebalance --yes", "get " + key, "sql --key " + key + " SELECT", "shell " + key)) {
            Cli.Result result = cli.run(command.split(" "));
            assertThat(result.exitCode()).as(command + result.out()).isNotZero();
            assertThat(result.err()).as(command).containsPattern("Next: ringshard (verify|status) --config ");
        }
    }

    @Test
    void what_cannot_be_named_so_is_followed_by_the_command_that_helps() throws IOException {
        Cli cli = Cli.founded(directory, 2);

        assertThat(cli.run("rebalance", "--yes", "--schema-from", "eu1").err())
                .contains("There is no shard eu1 here, but eu-1, eu-2.", "Next: ringshard rebalance --config ")
                .containsPattern("--yes --schema-from SHARD\\R");
        assertThat(cli.run("shell", "c-1").err()).contains("Next: ringshard shell --help");
    }

    @ParameterizedTest
    @CsvSource({
        "init,1,Shard eu-1 cannot be reached",
        "status,3,",
        "load --generate 50,1,the shards that answer. Shard eu-1 ",
        "export,1,needs eu-1",
        "config check,1,",
        "get on-eu-1,1,the shards that answer. Shard eu-1 ",
        "get on-eu-2,0,",
        "deposit on-eu-1 savings 1,1,the shards that answer. Shard eu-1 ",
        "withdraw on-eu-2 savings 1,0,Operation id",
        "locate on-eu-2,0,",
    })
    void a_shard_that_is_down_hurts_only_what_needs_it(String command, int exitCode, String said) throws IOException {
        Cli cli = Cli.founded(directory, 2);
        String yaml = Files.readString(directory.resolve("bank.yaml"));
        String arguments = command.replace("on-eu-1", customerOn("eu-1")).replace("on-eu-2", customerOn("eu-2"));
        cli.file(
                "bank.yaml",
                yaml.replaceFirst("jdbc:h2:mem:", "jdbc:h2:file:/dev/null/none;x=")
                        + "\npool: { connection-timeout: 1s }\nrouting-timeout: 1s");

        Cli.Result result = cli.run(arguments.split(" "));

        assertThat(result.exitCode()).as(result.err()).isEqualTo(exitCode);
        assertThat(result.err()).contains(said == null ? "" : said).doesNotContain("Unexpected", "\tat ");
        if (exitCode == 1 && !result.out().contains("Next: ")) {
            assertThat(result.err()).contains("Nothing was", "Next: ringshard config check --config ");
        }
    }

    /** The first that lives there and has money. */
    private String customerOn(String shard) {
        Cli cli = new Cli(directory);
        cli.run("load", "--generate", "20", "--prefix", "p");
        try (Ringshard bank = Ringshard.open(RingshardConfig.load(directory.resolve("bank.yaml")))) {
            return java.util.stream.IntStream.rangeClosed(1, 20)
                    .mapToObj("p%06d"::formatted)
                    .filter(key -> bank.router().locate(key).shard().equals(shard))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void one_database_under_two_names_is_refused_however_it_is_spelt() throws IOException {
        Cli cli = new Cli(directory);
        cli.file("bank.yaml", """
                cluster: bank
                shards:
                  - { name: eu-1, url: "jdbc:h2:file:%1$s/x" }
                  - { name: eu-2, url: "jdbc:h2:file:%1$s/../%2$s/x" }
                """.formatted(directory, directory.getFileName()));
        Cli.Result seen = cli.run("init");
        assertThat(seen.exitCode()).isEqualTo(2);
        assertThat(seen.err())
                .contains("leads to the same database as shards[0]: shards 'eu-1' and 'eu-2' need a database each.");

        Path link = Files.createSymbolicLink(directory.resolve("link"), directory);
        cli.file("bank.yaml", """
                cluster: bank
                pool: { connection-timeout: 10s }
                shards:
                  - { name: eu-1, url: "jdbc:h2:file:%s/x" }
                  - { name: eu-2, url: "jdbc:h2:file:%s/x" }
                """.formatted(directory, link));
        Cli.Result asked = cli.run("init");
        assertThat(asked.exitCode()).isEqualTo(2);
        assertThat(asked.err())
                .contains("Shards eu-1 and eu-2 are configured with the same database. Nothing was written.");
    }

    @Test
    void urls_that_were_mixed_up_are_refused_before_anything_is_read_or_written() throws IOException {
        Cli cli = Cli.founded(directory, 2);
        String yaml = Files.readString(directory.resolve("bank.yaml"));
        cli.file(
                "bank.yaml",
                yaml.replace("eu-1", "eu-9").replace("eu-2", "eu-1").replace("eu-9", "eu-2"));

        for (String command : new String[] {"init", "status", "get c-1", "load --generate 1", "export"}) {
            Cli.Result result = cli.run(command.split(" "));
            assertThat(result.exitCode()).as(command).isEqualTo(2);
            assertThat(result.err())
                    .contains(
                            "is left alone; nothing was written. Correct url or name.", "Next: ringshard config check");
        }
    }
}
