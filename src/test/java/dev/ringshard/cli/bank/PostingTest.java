package dev.ringshard.cli.bank;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringshard.cli.Cli;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Deposits and withdrawals; that an unknown outcome can be found out, {@link BadSituationsPostgresTest} shows. */
class PostingTest {
    @TempDir
    Path directory = Path.of("");

    private Cli cli = new Cli(directory);

    @BeforeEach
    void found() throws IOException {
        cli = Cli.founded(directory, 2);
        cli.run("load", "--customers", cli.file("c.csv", """
                customer_key,first_name,last_name,savings,checking,retirement_401k
                ada,Ada,Lovelace,100.00,0.00,0.00
                """));
    }

    @Test
    void a_deposit_says_what_the_account_holds_now_and_told_its_id_before() {
        Cli.Result result = cli.run("deposit", "ada", "savings", "250.5");

        assertThat(result.exitCode()).isZero();
        assertThat(result.out())
                .startsWith("Deposited 250.50 to savings of ada; it now holds 350.50.\nNext: ringshard get");
        assertThat(result.err()).matches("Operation id: [0-9a-f-]{36}\n");
        assertThat(cli.run("get", "ada").out())
                .contains(result.err().substring("Operation id: ".length()).strip());
    }

    @Test
    void the_same_id_again_changes_nothing_and_says_so() throws IOException {
        String[] withdrawal = {"withdraw", "ada", "savings", "30.00", "--id", "rent"};
        assertThat(cli.run(withdrawal).out()).startsWith("Withdrew 30.00 from savings of ada; it now holds 70.00.");

        Cli.Result again = cli.run(withdrawal);

        assertThat(again.exitCode()).isZero();
        assertThat(again.out())
                .startsWith("Nothing changed: operation rent was done before, and left 70.00 in savings of ada.");
        assertThat(again.err()).isEmpty();
        Cli.Result other = cli.run("withdraw", "ada", "savings", "31.00", "--id", "rent");
        assertThat(other.exitCode()).isEqualTo(2);
        assertThat(other.err()).startsWith("Operation id rent was used before for another operation.");
    }

    @Test
    void too_little_money_ends_with_3_and_leaves_the_id_free() {
        Cli.Result result = cli.run("withdraw", "ada", "savings", "100.01", "--id", "rent");

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.err())
                .isEqualTo(
                        "Nothing was withdrawn: savings of ada holds 100.00, less than 100.01. The operation id is still free.\n");
        assertThat(result.out()).startsWith("Next: ringshard get");
        assertThat(cli.run("withdraw", "ada", "savings", "100", "--id", "rent").exitCode())
                .isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "savings,SAVINGS",
        "Checking,CHECKING",
        "401k,RETIREMENT_401K",
        "401(k),RETIREMENT_401K",
        "RETIREMENT_401K,RETIREMENT_401K"
    })
    void an_account_may_be_named_as_people_do(String name, String account) throws IOException {
        JsonNode report = cli.run("deposit", "ada", name, "1", "--json").json();
        assertThat(report.get("account").asText()).isEqualTo(account);
    }

    @Test
    void the_report_as_json_has_stable_keys() throws IOException {
        JsonNode applied = cli.run("deposit", "ada", "checking", "7", "--id", "x", "--json")
                .json();
        assertThat(applied.toString())
                .isEqualTo("{\"key\":\"ada\",\"account\":\"CHECKING\",\"amount\":\"7.00\",\"operationId\":\"x\","
                        + "\"outcome\":\"applied\",\"balance\":\"7.00\",\"repeat\":null}");
        assertThat(cli.run("deposit", "ada", "checking", "7", "--id", "x", "--json")
                        .json()
                        .get("outcome")
                        .asText())
                .isEqualTo("alreadyApplied");
        JsonNode refused = cli.run("withdraw", "ada", "checking", "8", "--json").json();
        assertThat(refused.get("outcome").asText()).isEqualTo("insufficientFunds");
        assertThat(refused.get("balance").asText()).isEqualTo("7.00");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "deposit nobody savings 1",
                "deposit ada pension 1",
                "deposit ada savings",
                "deposit ada savings 1 2",
                "deposit ada savings 0",
                "deposit ada savings -1",
                "deposit ada savings 1.001",
                "deposit ada savings 1e3",
                "deposit ada savings 1,000.00",
                "deposit ada savings 1 --id a#b",
                "withdraw ada savings 123456789012345678",
            })
    void what_cannot_be_done_ends_with_2_and_changes_nothing(String arguments) {
        Cli.Result result = cli.run(arguments.split(" "));

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).isNotEmpty().doesNotContain("\tat ", "Unexpected");
        assertThat(cli.run("get", "ada").out()).contains("together  100.00");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "deposit ada pension 1",
                "deposit ada savings",
                "deposit ada savings 0",
                "withdraw ada savings 1.001",
                "withdraw ada savings 1e3",
                "withdraw ada savings 1 --id a#b",
            })
    void an_argument_that_cannot_be_used_points_to_the_help_of_its_command(String arguments) {
        assertThat(cli.run(arguments.split(" ")).err())
                .endsWith("See 'ringshard %s --help'.\n".formatted(arguments.substring(0, arguments.indexOf(' '))));
    }
}
