package dev.ringshard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command {@code sql}; that its snapshots are exact, the tests of the connections show. */
class SqlCommandTest {
    private static final String KEYS = "SELECT customer_key, savings FROM customers";

    @TempDir
    Path directory = Path.of("");

    private Cli cli = new Cli(directory);

    @BeforeEach
    void load() throws IOException {
        cli = Cli.founded(directory, 2);
        assertThat(cli.run("load", "--generate", "20").exitCode()).isZero();
    }

    @Test
    void rows_of_all_shards_are_shown() {
        Cli.Result result = cli.run("sql", KEYS + " ORDER BY customer_key");

        assertThat(result.err()).isEmpty();
        assertThat(result.exitCode()).isZero();
        assertThat(result.out())
                .startsWith("  shard  CUSTOMER_KEY  SAVINGS\n")
                .containsPattern("(?m)^  eu-1 +g1-0000\\d\\d +\\d+\\.\\d\\d$")
                .contains("20 rows from 2 shards.");
        assertThat(cli.run("sql", "SELECT 1 FROM customers", "--limit", "3").out())
                .contains("The first 3 rows; there are more.", "Next: ringshard sql --csv");
    }

    @Test
    void a_key_asks_only_its_owner() throws IOException {
        String key = "g1-000007";
        String owner =
                cli.run("locate", "--json", key).json().at("/keys/0/shard").asText();

        JsonNode json = cli.run("sql", KEYS + " WHERE customer_key = '" + key + "'", "--key", key, "--json")
                .json();

        assertThat(Cli.keys(json)).containsExactly("columns", "rows", "more");
        assertThat(json.get("rows")).hasSize(1);
        assertThat(json.at("/rows/0/shard").asText()).isEqualTo(owner);
        assertThat(json.at("/rows/0/values/0").asText()).isEqualTo(key);
        assertThat(json.get("more").asBoolean()).isFalse();
    }

    @Test
    void a_shard_is_asked_alone_also_while_another_does_not_answer() throws IOException {
        String bank = Files.readString(directory.resolve("bank.yaml"));
        cli.file("bank.yaml", bank.replaceFirst("jdbc:h2:[^\"]*", "jdbc:h2:tcp://localhost:1/none"));

        Cli.Result alone = cli.run("sql", KEYS, "--shard", "eu-2");

        assertThat(alone.exitCode()).as(alone.err()).isZero();
        assertThat(alone.out()).contains("eu-2").doesNotContain("eu-1").contains("rows from 1 shard.");
        assertThat(cli.run("sql", "DELETE FROM customers", "--shard", "eu-2").err())
                .contains("only read");
        assertThat(cli.run("sql", "SELECT 1; COMMIT", "--shard", "eu-2").exitCode())
                .isEqualTo(2);
        assertThat(cli.run("sql", KEYS, "--shard", "eu-2", "--key", "g1-000007").exitCode())
                .isEqualTo(2);
        assertThat(cli.run("sql", KEYS, "--shard", "eu-9").err()).contains("There is no shard eu-9 in", "eu-1, eu-2");
    }

    @Test
    void csv_has_all_rows_and_the_report_goes_to_stderr() {
        Cli.Result result = cli.run("sql", KEYS, "--csv");

        assertThat(result.exitCode()).isZero();
        assertThat(result.out().lines().findFirst()).contains("shard,CUSTOMER_KEY,SAVINGS");
        assertThat(result.out().lines()).hasSize(21);
        assertThat(result.err()).startsWith("Printed 20 rows.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "DELETE FROM customers;2;only read",
                "SELECT * FROM FINAL TABLE (DELETE FROM customers);2;only read",
                "SELECT missing FROM customers;2;was not run to its end",
                "SELEC;2;only read",
                "'';2;is empty",
            })
    void what_is_no_query_is_refused_and_changes_nothing(String query, int exitCode, String reason) {
        Cli.Result result = cli.run("sql", query);

        assertThat(result.exitCode()).isEqualTo(exitCode);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains(reason).doesNotContain("\tat ");
        assertThat(cli.run("sql", KEYS).out()).contains("20 rows");
    }

    @Test
    void with_a_key_a_write_has_no_effect_either() {
        assertThat(cli.run("sql", "DELETE FROM customers", "--key", "g1-000007").exitCode())
                .isNotZero();
        assertThat(cli.run("sql", "SELECT 1; COMMIT; DELETE FROM customers", "--key", "g1-000007")
                        .err())
                .contains("begin or end a transaction");
        assertThat(cli.run("sql", KEYS).out()).contains("20 rows");
        assertThat(cli.run("sql", KEYS, "--csv", "--json").exitCode()).isEqualTo(2);
        assertThat(cli.run("sql", KEYS, "--limit", "0").exitCode()).isEqualTo(2);
    }
}
