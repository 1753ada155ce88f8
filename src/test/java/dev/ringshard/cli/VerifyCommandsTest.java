package dev.ringshard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringshard.Ringshard;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.outbox.Message;
import dev.ringshard.outbox.MessageHandler;
import dev.ringshard.routing.KeyedTransaction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands {@code verify} and {@code recover}, on what is sound, damaged or left over. */
class VerifyCommandsTest {
    @TempDir
    Path directory = Path.of("");

    private Cli cli = new Cli(directory);

    @BeforeEach
    void configure() throws IOException {
        cli = Cli.withShards(directory, 3);
    }

    @Test
    void verify_finds_a_sound_cluster_sound_and_as_json_has_stable_keys() throws IOException {
        cli = Cli.founded(directory, 3);
        Cli.Result text = cli.run("verify");
        assertThat(text.exitCode()).isZero();
        assertThat(text.out()).startsWith("Cluster bank is sound · 3 shards, 0 rows");

        JsonNode json = cli.run("verify", "--json").json();
        assertThat(json.get("ok").asBoolean()).isTrue();
        assertThat(json.get("repaired").isNull()).isTrue();
        assertThat(json.get("seconds").isNumber()).isTrue();
        assertThat(Cli.keys(json))
                .containsExactly(
                        "cluster",
                        "ok",
                        "sound",
                        "shards",
                        "owned",
                        "rows",
                        "seconds",
                        "rowsPerSecond",
                        "uncovered",
                        "setBack",
                        "leftOut",
                        "doublyOwned",
                        "misplaced",
                        "wrongTokens",
                        "duplicated",
                        "brokenForeignKeys",
                        "unfenced",
                        "differingCopies",
                        "copiesBehind",
                        "unique",
                        "audits",
                        "leftovers",
                        "leftoversByShard",
                        "examples",
                        "remarks",
                        "repaired");
    }

    @Test
    void verify_names_what_is_damaged_and_repairs_none_of_it() throws Exception {
        cli = Cli.founded(directory, 3);
        String customers = cli.file("c.csv", """
                customer_key,first_name,last_name,savings,checking,retirement_401k
                c-1,Ada,Lovelace,100.00,0.00,0.00
                """);
        cli.run("load", "--customers", customers);
        String home = cli.run("get", "c-1", "--json").json().get("shard").asText();
        String elsewhere = home.equals("eu-1") ? "eu-2" : "eu-1";
        damage(home, "UPDATE customers SET savings = 99");
        damage(
                elsewhere,
                "INSERT INTO customers (customer_key, first_name, last_name, ring_token) VALUES ('c-1', 'Eve', 'M', %s)"
                        .formatted(cli.run("get", "c-1", "--json")
                                .json()
                                .get("token")
                                .asText()));

        for (String[] command : new String[][] {{"verify", "--json"}, {"verify", "--repair", "--json"}}) {
            Cli.Result result = cli.run(command);
            assertThat(result.exitCode()).isEqualTo(3);
            JsonNode json = result.json();
            assertThat(json.get("ok").asBoolean()).isFalse();
            assertThat(json.at("/audits/0/kind").asText()).isEqualTo("unbalanced");
            assertThat(json.at("/audits/0/wrong").asInt()).isEqualTo(1);
            assertThat(json.at("/audits/0/examples/0/key").asText()).isEqualTo("c-1");
            assertThat(json.at("/audits/0/examples/0/text").asText())
                    .isEqualTo("SAVINGS holds 99.00, its entries add up to 100.00");
            assertThat(json.at("/examples/misplaced/0/shard").asText()).isEqualTo(elsewhere);
            assertThat(json.at("/examples/misplaced/0/owner").asText()).isEqualTo(home);
            assertThat(json.at("/examples/duplicated/0/shards")).hasSize(2);
        }
        assertThat(cli.run("verify", "--examples", "0").out())
                .contains("Not so: every balance is the sum of its entries, for example\n\n");
    }

    @Test
    void values_that_two_shards_hold_are_shown_with_where_they_are() throws IOException {
        cli = Cli.founded(directory, 3);
        StringBuilder customers =
                new StringBuilder("customer_key,first_name,last_name,savings,checking,retirement_401k\n");
        for (int i = 0; i < 30; i++) {
            customers.append("c-%d,Ada,Lovelace,0.00,0.00,0.00\n".formatted(i));
        }
        cli.run("load", "--customers", cli.file("c.csv", customers.toString()));

        Cli.Result screen = cli.run("verify", "--unique", "customers.last_name");
        Cli.Result json = cli.run("verify", "--unique", "customers.last_name,customers.customer_key", "--json");

        assertThat(screen.exitCode()).isEqualTo(3);
        assertThat(screen.out())
                .contains(
                        "is sound",
                        "no two shards have the same customers.last_name",
                        "Values of customers.last_name that rows of several shards have",
                        "Lovelace  eu-1, eu-2, eu-3",
                        "Next: give all but one of these rows another value, then repeat the command");
        assertThat(json.json().at("/unique/0/examples/0/value").asText()).isEqualTo("Lovelace");
        assertThat(json.json().at("/unique/1/shared").asInt()).isZero();
        assertThat(cli.run("verify", "--unique", "customers").exitCode()).isEqualTo(2);
    }

    @Test
    void verify_repairs_what_moves_have_left_if_told_so() throws Exception {
        cli = Cli.founded(directory, 3);
        String departed = "INSERT INTO ringshard.departed_range (first_token, last_token, epoch, target)"
                + " SELECT last_token + 1, last_token + 1, 1, 'eu-2' FROM ringshard.owned_range"
                + " WHERE last_token = (SELECT max(last_token) FROM ringshard.owned_range)";
        damage("eu-1", departed);
        damage(
                "eu-2",
                "INSERT INTO ringshard.arrived_range (first_token, last_token, epoch) VALUES (%d, %d, 1)"
                        .formatted(Long.MIN_VALUE, Long.MAX_VALUE));

        Cli.Result before = cli.run("verify");
        assertThat(before.exitCode()).isEqualTo(3);
        assertThat(before.out()).contains("is sound", "no damage", "Next: ringshard recover");
        Cli.Result repaired = cli.run("verify", "--repair");
        assertThat(repaired.exitCode()).isZero();
        assertThat(repaired.out()).contains("Repaired first:", "1 departed range emptied", "Nothing is left over");

        damage("eu-1", departed);
        JsonNode recovered = cli.run("recover", "--json").json();
        assertThat(Cli.keys(recovered))
                .containsExactly("cluster", "setBack", "ownerless", "undelivered", "dead", "recovered");
        assertThat(Cli.keys(recovered.get("recovered")))
                .containsExactly(
                        "finished",
                        "dropped",
                        "purged",
                        "remaining",
                        "unreachable",
                        "behind",
                        "delivered",
                        "withLoss",
                        "undecided");
        assertThat(recovered.at("/recovered/purged").asInt()).isEqualTo(1);
        assertThat(cli.run("recover").out()).startsWith("Cluster bank · nothing to tidy up");
    }

    @Test
    void verify_needs_all_shards_and_recover_only_those_that_answer() throws IOException {
        cli = Cli.founded(directory, 3);
        String yaml = Files.readString(directory.resolve("bank.yaml"));
        cli.file(
                "bank.yaml",
                yaml.replaceFirst("jdbc:h2:mem:", "jdbc:h2:file:/dev/null/none;x=")
                        + "\npool: { connection-timeout: 250ms }");

        Cli.Result verify = cli.run("verify", "--repair");
        assertThat(verify.exitCode()).isEqualTo(1);
        assertThat(verify.out()).isEmpty();
        assertThat(verify.err()).contains("Before that: nothing to tidy up, and eu-1 was not reached.", "needs eu-1");
        Cli.Result recover = cli.run("recover");
        assertThat(recover.exitCode()).isEqualTo(3);
        assertThat(recover.out()).contains("Not reached: eu-1.");
    }

    @Test
    void a_recovery_after_which_part_of_the_ring_has_no_owner_says_so_and_ends_as_status_does() throws Exception {
        cli = Cli.founded(directory, 3);
        cli.file(
                "bank.yaml",
                Files.readString(directory.resolve("bank.yaml"))
                        + "\nrouting-timeout: 100ms\n"); // it looks again for so long
        damage("eu-1", "DELETE FROM ringshard.owned_range");

        Cli.Result recover = cli.run("recover");

        assertThat(recover.exitCode()).as(recover.out()).isEqualTo(3);
        assertThat(recover.out())
                .contains("of the ring has no owner among the shards that are configured")
                .contains("Next: ringshard status");
        assertThat(cli.run("status").exitCode()).isEqualTo(3);
        assertThat(cli.run("recover", "--json").json().get("ownerless").asText())
                .contains("of the ring has no owner");
    }

    /** The command line has no handler of it. */
    @Test
    void recover_says_what_it_could_not_deliver() throws Exception {
        cli = Cli.founded(directory, 2);
        try (Ringshard bank = Ringshard.open(RingshardConfig.load(directory.resolve("bank.yaml")))) {
            bank.outbox().register("greetings", new MessageHandler() {
                @Override
                public boolean receive(KeyedTransaction recipient, Message message) {
                    throw new InvalidInputException("not today");
                }

                @Override
                public void refused(KeyedTransaction sender, Message message) {}
            });
            bank.router().transaction("c-1", sender -> bank.outbox()
                    .send(sender, new Message("c-1", "one", "c-2", "greetings", "hello")));
        }

        Cli.Result recover = cli.run("recover");

        assertThat(recover.exitCode()).isEqualTo(3);
        assertThat(recover.out())
                .contains("1 message between keys is not delivered, the oldest for", "column last_failure");
        assertThat(cli.run("recover", "--json").json().get("undelivered").asInt())
                .isEqualTo(1);
    }

    /** Past the fence. */
    private void damage(String shard, String sql) throws Exception {
        String line = Files.readAllLines(directory.resolve("bank.yaml")).stream()
                .filter(one -> one.contains("name: " + shard))
                .findFirst()
                .orElseThrow();
        String url = line.substring(line.indexOf("jdbc:"), line.lastIndexOf('"'));
        try (Connection connection = DriverManager.getConnection(url, "sa", "");
                Statement statement = connection.createStatement()) {
            statement.execute("SET @ringshard_mover = 'on'");
            statement.execute(sql);
        }
    }
}
