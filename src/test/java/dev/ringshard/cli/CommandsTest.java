package dev.ringshard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringshard.Ringshard;
import dev.ringshard.bank.NewCustomer;
import dev.ringshard.cli.screen.Terminal;
import dev.ringshard.config.RingshardConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CommandsTest {
    @TempDir
    Path directory = Path.of("");

    private Cli cli = new Cli(directory);

    @BeforeEach
    void configure() throws IOException {
        cli = Cli.withShards(directory, 3);
    }

    @Test
    void init_founds_a_cluster_once_and_tells_each_shard() {
        Cli.Result first = cli.run("init");
        assertThat(first.exitCode()).isZero();
        assertThat(first.out()).contains("is initialised", "eu-3", "Next: ringshard load");
        assertThat(first.err()).contains("eu-1: migrating", "eu-2: giving it its part");

        Cli.Result second = cli.run("init");
        assertThat(second.exitCode()).isZero();
        assertThat(second.out()).startsWith("Cluster bank was already initialised; nothing changed.");
    }

    @Test
    void init_as_json_names_the_founders() throws IOException {
        JsonNode json = cli.run("init", "--json").json();
        assertThat(Cli.keys(json)).containsExactly("cluster", "migrations", "problem", "fenced", "founded", "shards");
        assertThat(Cli.keys(json.at("/shards/0"))).containsExactly("name", "share", "ranges", "schemaVersion");
        assertThat(json.get("founded")).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"status", "locate", "get", "verify", "recover"})
    void a_cluster_that_is_not_initialised_is_refused_with_the_remedy(String command) {
        boolean takesKey = List.of("locate", "get").contains(command);
        Cli.Result result = takesKey ? cli.run(command, "c-1") : cli.run(command);
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains("is not initialised", "Run init").doesNotContain("\tat ");
    }

    @Test
    void status_of_an_empty_cluster_says_what_to_load() throws IOException {
        cli = Cli.founded(directory, 3);
        Cli.Result result = cli.run("status");
        assertThat(result.exitCode()).isZero();
        assertThat(result.out()).startsWith("Cluster bank · 3 shards · 0 customers, 0 account_entries\n");
        assertThat(result.out().strip().lines().reduce("", (line, last) -> last))
                .startsWith("Next: ringshard load");
        assertThat(result.err()).isEmpty();
    }

    @Test
    void status_says_of_a_pinned_key_that_no_row_has_it() throws IOException {
        cli = Cli.founded(directory, 2);
        String unpinned = Files.readString(directory.resolve("bank.yaml"));
        String key = "c-1";
        try (Ringshard cluster = Ringshard.open(RingshardConfig.load(directory.resolve("bank.yaml")))) {
            cluster.customers().create(new NewCustomer(key, "Ada", "Lovelace"));
        }
        String shard =
                cli.run("locate", key, "--json").json().at("/keys/0/shard").asText();
        cli.file("bank.yaml", unpinned + "\npins: { c-1: %s, c-l: %1$s }\n".formatted(shard));
        String remark = "No row has the key \"c-l\", which is pinned: see that it is spelt as it is stored.";

        Cli.Result status = cli.run("status");

        assertThat(status.out()).contains(remark).doesNotContain("No row has the key \"c-1\"");
        assertThat(cli.run("status", "--json").json().at("/remarks/0").asText()).isEqualTo(remark);
        assertThat(cli.run("plan").out()).contains(remark);
    }

    @Test
    void a_pin_to_a_shard_that_is_not_there_is_refused_by_status_and_plan_alike() throws IOException {
        cli = Cli.founded(directory, 2);
        cli.file("bank.yaml", Files.readString(directory.resolve("bank.yaml")) + "\npins: { c-1: eu-9 }\n");
        for (String command : List.of("status", "plan")) {
            Cli.Result result = cli.run(command);
            assertThat(result.exitCode()).as(command).isEqualTo(2);
            assertThat(result.err()).contains("pins", "'eu-9', and there is no such shard: name one of eu-1, eu-2.");
        }
    }

    @Test
    void a_watch_without_yes_is_a_plan_and_its_settings_are_checked_before_anything_is_asked() throws IOException {
        cli = Cli.founded(directory, 2);
        Cli.Result plan = cli.run("rebalance", "--watch", "--hours", "01:00-05:30");
        assertThat(plan.out()).startsWith("Plan for cluster bank");
        assertThat(plan.err())
                .contains("Nobody watches yet: ringshard rebalance --yes --watch --hours 01:00-05:30")
                .contains(" begins it.");
        for (String option : List.of("--hours=01:00-05:30", "--threshold=1.2", "--every=60")) {
            Cli.Result alone = cli.run("rebalance", "--yes", option);
            assertThat(alone.exitCode()).as(alone.out()).isEqualTo(2);
            assertThat(alone.err()).contains("Missing required argument(s): --watch");
        }
        for (String[] wrong :
                new String[][] {{"--hours", "night"}, {"--threshold", "1"}, {"--every", "0"}, {"--every", "5 days"}}) {
            Cli.Result result = cli.run("rebalance", "--watch", "--yes", wrong[0], wrong[1]);
            assertThat(result.exitCode()).isEqualTo(2);
            assertThat(result.err()).contains("Nothing was moved.");
        }
        assertThat(cli.run("rebalance", "--watch", "--yes", "--every", "500ms").err())
                .contains("Nothing was moved.")
                .doesNotContain("--every is '500ms'"); // a duration as in the configuration, and too short for a watch
        for (String every : List.of("20s", "5m", "1h", "300", "90000ms")) {
            assertThat(cli.run("rebalance", "--watch", "--every", every).out())
                    .as(every)
                    .startsWith("Plan for cluster bank");
        }
    }

    @ParameterizedTest
    @CsvSource({"--watch, 2000", "--watch --max-rate 0,", "--watch --max-rate 500, 500", "--yes,", "--max-rate 500, 500"
    })
    void a_watch_is_gentle_unless_it_is_told_otherwise(String arguments, @Nullable Long rowsPerSecond) {
        RebalanceCommand command = new RebalanceCommand(Terminal.ofProcess());
        new CommandLine(command).parseArgs(("--config shop.yaml " + arguments).split(" "));

        assertThat(command.rowsPerSecond())
                .isEqualTo(rowsPerSecond == null ? OptionalLong.empty() : OptionalLong.of(rowsPerSecond));
    }

    /** Each takes its time to prepare, so that a command is prepared alone; then it must be there under the name that it is asked for by. */
    @Test
    void a_command_that_is_named_stands_alone_and_otherwise_all_are_there() {
        Terminal terminal = Terminal.ofProcess();
        Set<String> all = Main.commandLine(terminal).getSubcommands().keySet();
        assertThat(all).hasSizeGreaterThan(20);
        for (String name : all) {
            assertThat(Main.commandLine(terminal, name).getSubcommands().keySet())
                    .isEqualTo(name.equals("completion") ? all : Set.of(name));
        }
        assertThat(Main.commandLine(terminal, "stauts").getSubcommands().keySet())
                .isEqualTo(all);
    }

    @Test
    void status_as_json_has_stable_keys() throws IOException {
        cli = Cli.founded(directory, 3);
        JsonNode json = cli.run("status", "--json").json();
        assertThat(Cli.keys(json))
                .containsExactly(
                        "cluster",
                        "settled",
                        "rows",
                        "leftovers",
                        "pendingShare",
                        "problem",
                        "messages",
                        "behind",
                        "moving",
                        "shards",
                        "pins",
                        "remarks",
                        "watches");
        assertThat(Cli.keys(json.at("/shards/0")))
                .containsExactly(
                        "name",
                        "state",
                        "share",
                        "targetShare",
                        "rows",
                        "ranges",
                        "leftovers",
                        "schemaVersion",
                        "pool",
                        "problem");
        assertThat(Cli.keys(json.at("/shards/0/pool"))).containsExactly("size", "total", "active", "idle", "waiting");
    }

    @Test
    void status_speaks_while_a_shard_is_down() throws IOException {
        cli = Cli.founded(directory, 3);
        String yaml = Files.readString(directory.resolve("bank.yaml"));
        cli.file(
                "bank.yaml",
                yaml.replaceFirst("jdbc:h2:mem:", "jdbc:h2:file:/dev/null/none;x=")
                        + "\npool: { connection-timeout: 250ms }");

        Cli.Result result = cli.run("status");

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.out())
                .containsPattern("eu-1 +down")
                .containsPattern("eu-2 +up")
                .contains("Shard eu-1 cannot be reached", "Next: see that what is down runs and lets its user in");
    }

    @Test
    void status_speaks_while_a_part_of_the_ring_has_no_owner() throws IOException {
        cli = Cli.founded(directory, 3);
        String yaml = Files.readString(directory.resolve("bank.yaml"));
        cli.file("bank.yaml", yaml.replaceFirst("jdbc:h2:mem:", "jdbc:h2:mem:other-") + "\nrouting-timeout: 1ms");

        Cli.Result result = cli.run("status");

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.out()).containsPattern("eu-1 +new").contains("of the ring has no owner");
    }

    @Test
    void locate_shows_any_key_whether_or_not_there_is_a_customer() throws IOException {
        cli = Cli.founded(directory, 3);
        Cli.Result text = cli.run("locate", "c-1", "żółw 🐢");
        assertThat(text.exitCode()).isZero();
        assertThat(text.out()).contains("c-1", "żółw 🐢", "eu-");

        JsonNode json = cli.run("locate", "--json", "c-1").json();
        assertThat(Cli.keys(json.at("/keys/0")))
                .containsExactly("key", "shard", "token", "rangeFirst", "rangeLast", "pinnedTo");
        long token = json.at("/keys/0/token").asLong();
        assertThat(json.at("/keys/0/rangeFirst").asLong()).isLessThanOrEqualTo(token);
        assertThat(json.at("/keys/0/rangeLast").asLong()).isGreaterThanOrEqualTo(token);
    }

    @Test
    void an_empty_key_is_refused() throws IOException {
        cli = Cli.founded(directory, 3);
        assertThat(cli.run("locate", "").exitCode()).isEqualTo(2);
        assertThat(cli.run("get", "").exitCode()).isEqualTo(2);
    }

    @Test
    void get_shows_a_customer_and_says_when_there_is_none() throws IOException {
        cli = Cli.founded(directory, 3);
        String customers = cli.file("c.csv", """
                customer_key,first_name,last_name,savings,checking,retirement_401k
                c-1,Ada,Lovelace,100.00,0.00,0.00
                """);
        cli.run("load", "--customers", customers);

        Cli.Result found = cli.run("get", "c-1");
        assertThat(found.exitCode()).isZero();
        assertThat(found.out()).contains("c-1 · Ada Lovelace · on eu-", "savings   100.00", "opening#SAVINGS");
        assertThat(cli.run("get", "c-1", "--entries", "0").out()).contains("No entries shown.");

        JsonNode json = cli.run("get", "c-1", "--json").json();
        assertThat(Cli.keys(json))
                .containsExactly(
                        "key",
                        "found",
                        "shard",
                        "token",
                        "firstName",
                        "lastName",
                        "savings",
                        "checking",
                        "retirement401k",
                        "total",
                        "version",
                        "createdAt",
                        "updatedAt",
                        "entries",
                        "inTransit");
        assertThat(Cli.keys(json.at("/entries/0")))
                .containsExactly(
                        "operationId",
                        "number",
                        "account",
                        "amount",
                        "balanceAfter",
                        "at",
                        "bookedOn",
                        "otherKey",
                        "otherAccount");

        Cli.Result missing = cli.run("get", "nobody");
        assertThat(missing.exitCode()).isEqualTo(3);
        assertThat(missing.err()).startsWith("There is no customer nobody;");
        assertThat(cli.run("get", "nobody", "--json").json().get("found").asBoolean())
                .isFalse();
    }

    @Test
    void the_demo_shows_all_of_its_sections_and_conserves_money() throws IOException {
        Cli.Result demo = Cli.bare("demo", "--customers", "40", "--operations", "60");
        assertThat(demo.exitCode()).as(demo.err()).isZero();
        assertThat(demo.err()).startsWith("Starting 4 databases in memory, in this process.\n");
        assertThat(demo.out())
                .contains("Where 40 customers live", "eu-5 joins", "eu-2 is drained", "Yes, to the cent.", "Next: ")
                .containsPattern("\\d+ operations: ");

        JsonNode json = Cli.bare("demo", "--customers", "40", "--operations", "60", "--json")
                .json();
        assertThat(json.get("conserved").asBoolean()).isTrue();
        assertThat(json.get("balances")).isEqualTo(json.get("ledger"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "lod",
                "--colour",
                "load",
                "get",
                "load --workers=x",
                "load --customers=c --workers=0",
                "verify --examples=-1",
                "rebalance --parallel=0",
                "rebalance --chunk=0"
            })
    void wrong_usage_ends_with_2_and_points_to_the_help(String arguments) {
        Cli.Result result = Cli.bare(arguments.split(" "));
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains("--help'").doesNotContain("\tat ");
    }

    @Test
    void a_missing_or_broken_configuration_ends_with_2_and_never_shows_a_password() throws IOException {
        assertThat(Cli.bare("status", "--config", "none.yaml").exitCode()).isEqualTo(2);
        cli.file("bank.yaml", """
                cluster: bank
                shards: [ { name: "e u", url: "jdbc:h2:mem:x;PASSWORD=hunter2", password: hunter2 } ]
                """);
        Cli.Result result = cli.run("status");
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("name").doesNotContain("hunter2");
    }

    @Test
    void debug_shows_where_in_the_program_a_failure_happened() {
        assertThat(cli.run("status", "--debug").err()).contains("Run init", "\tat dev.ringshard");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "demo",
                "init",
                "load",
                "export",
                "get",
                "deposit",
                "withdraw",
                "status",
                "locate",
                "config check",
                "config example",
                "doctor",
                "completion",
                "plan",
                "rebalance",
                "verify",
                "recover",
                "backup-point",
                "shell",
                "leave",
                "serve"
            })
    void every_command_has_help_with_an_example(String command) {
        Cli.Result help = Cli.bare((command + " --help").split(" "));
        assertThat(help.exitCode()).isZero();
        assertThat(help.out()).contains("ringshard " + command, "Example: ", "--json");
        assertThat(help.out().lines()).allMatch(line -> line.length() <= 80);
    }

    @Test
    void the_help_of_init_shows_a_configuration_with_a_variable() {
        assertThat(Cli.bare("init", "--help").out()).contains("password: \"${SHOP_PASSWORD}\"");
    }

    @Test
    void the_version_is_told() {
        assertThat(Cli.bare("--version").out()).startsWith("ringshard ");
        assertThat(Cli.bare("--help").out()).contains("demo", "load", "Exit codes: 0 done");
    }
}
