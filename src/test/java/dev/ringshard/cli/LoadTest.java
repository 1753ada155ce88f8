package dev.ringshard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadTest {
    private static final String CUSTOMERS = "customer_key,first_name,last_name,savings,checking,retirement_401k\n";
    private static final String TRANSACTIONS = "operation_id,customer_key,booked_on,account,amount\n";
    private static final String ADA = "ada,Ada,Lovelace,0.00,0.00,0.00\n";

    @TempDir
    Path directory = Path.of("");

    private Cli cli = new Cli(directory);

    @BeforeEach
    void found() throws IOException {
        cli = Cli.withShards(directory, 2);
        assertThat(cli.run("init").exitCode()).isZero();
    }

    @Test
    void loading_twice_applies_nothing_twice() throws IOException {
        String customers = cli.file("c.csv", CUSTOMERS + "ada,Ada,Lovelace,10.00,0.00,0.00\n");
        String transactions =
                cli.file("t.csv", TRANSACTIONS + "t1,ada,1993-01-01,CHECKING,5.5\n" + "t2,ada,,CHECKING,-7.25\n");

        JsonNode first = json(load(customers, transactions, "--json"));
        JsonNode second = json(load(customers, transactions, "--json"));

        assertThat(first.at("/customers/created").asInt()).isEqualTo(1);
        assertThat(first.at("/transactions/applied").asInt()).isEqualTo(2);
        assertThat(first.at("/totals/money").asText()).isEqualTo("8.25");
        assertThat(second.at("/customers/alreadyThere").asInt()).isEqualTo(1);
        assertThat(second.at("/transactions/alreadyApplied").asInt()).isEqualTo(2);
        assertThat(second.at("/totals")).isEqualTo(first.at("/totals"));
    }

    @Test
    void every_kind_of_broken_line_is_refused_with_its_number_and_the_rest_is_loaded() throws IOException {
        String customers = cli.file(
                "c.csv",
                CUSTOMERS
                        + ADA // 2
                        + "bob,Bob,Builder,0.00,0.00\n" // 3
                        + ",Nobody,Atall,0.00,0.00,0.00\n" // 4
                        + "cy,Cy,Young,1.005,0.00,0.00\n" // 5
                        + ADA // 6
                        + "ada,Adam,Lovelace,0.00,0.00,0.00\n" // 7
                        + "dan,\"Dan,Danger,0.00,0.00,0.00\n" // 8
                        + "\n" // 9
                        + "eve,Eve,Online,0.00,0.00,0.00\n"); // 10
        String transactions = cli.file(
                "t.csv",
                TRANSACTIONS
                        + "t1,ada,1993-01-01,CHECKING,1.00\n" // 2
                        + "t2,nobody,1993-01-01,CHECKING,1.00\n" // 3
                        + "t3,ada,1993-01-01,CHEQUING,1.00\n" // 4
                        + "t4,ada,1993-01-01,CHECKING,1.234\n" // 5
                        + "t5,ada,1993-01-01,CHECKING,abc\n" // 6
                        + "t6,ada,1993-01-01,CHECKING,0.00\n" // 7
                        + "t 7,ada,1993-01-01,CHECKING,1.00\n" // 8
                        + "t1,ada,1993-01-01,CHECKING,2.00\n" // 9
                        + "t8,eve,1993-01-01,SAVINGS,-3.00\n"); // 10

        Cli.Result result = load(customers, transactions);

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.err())
                .contains(
                        "c.csv, line 3: the line has 5 columns, the header 6\n",
                        "c.csv, line 4: A key is empty\n",
                        "c.csv, line 5: savings has more than two decimals",
                        "c.csv, line 7: customer ada is there already, under another name\n",
                        "c.csv, line 8: a quote is opened and not closed\n",
                        "t.csv, line 3: There is no customer nobody\n",
                        "t.csv, line 4: account is none of SAVINGS, CHECKING, RETIREMENT_401K\n",
                        "t.csv, line 5: amount has more than two decimals",
                        "t.csv, line 6: amount is no decimal number such as -12.50\n",
                        "t.csv, line 7: amount is zero\n",
                        "t.csv, line 8: An operation id has 1 to 100 printable ASCII characters",
                        "t.csv, line 9: Operation id t1 was used before for another operation\n");
        assertThat(result.out())
                .contains(
                        "refused 12 of them",
                        "2 customers and -2.00",
                        "Next: mend the refused lines, then ringshard load")
                .containsPattern("customers +2 +1 +5")
                .containsPattern("transactions +2 +0 +7");
    }

    @Test
    void only_the_first_refused_lines_are_shown_and_json_lists_all() throws IOException {
        String customers = cli.file(
                "c.csv", CUSTOMERS + IntStream.range(0, 25).mapToObj(i -> "x\n").collect(Collectors.joining()));

        Cli.Result text = cli.run("load", "--customers", customers);
        assertThat(text.err()).contains("line 21:", "and 5 lines more").doesNotContain("line 22:");
        assertThat(json(cli.run("load", "--json", "--customers", customers)).get("refusedLines"))
                .hasSize(25);
    }

    @Test
    void strict_loads_nothing_if_a_line_is_malformed() throws IOException {
        String customers = cli.file("c.csv", CUSTOMERS + ADA);
        String transactions = cli.file("t.csv", TRANSACTIONS + "t1,ada,,CHECKING,1.00\n" + "t2,ada,,CHECKING,1.001\n");

        Cli.Result result = load(customers, transactions, "--strict");

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.err()).startsWith("t.csv, line 3: amount has more than two decimals");
        assertThat(result.out()).startsWith("Nothing was loaded: 1 line is malformed.");
        assertThat(cli.run("status").out()).contains("0 customers");
    }

    @Test
    void a_byte_order_mark_windows_lines_quotes_unicode_and_another_order_of_columns_are_read() throws IOException {
        String customers = cli.file("c.csv", "\uFEFF" + """
                last_name,customer_key,vip,first_name,savings,checking,retirement_401k
                "O'Brien, ""Zoë""
                Jr.",ключ 🐢,yes,"Ὀδυσσεύς",+1.5,0,0.00
                """.replace("\n", "\r\n"));

        assertThat(cli.run("load", "--customers", customers).exitCode()).isZero();

        JsonNode stored = json(cli.run("get", "ключ 🐢", "--json"));
        assertThat(stored.get("lastName").asText()).isEqualTo("O'Brien, \"Zoë\"\nJr.");
        assertThat(stored.get("firstName").asText()).isEqualTo("Ὀδυσσεύς");
        assertThat(stored.get("savings").asText()).isEqualTo("1.50");
        assertThat(cli.run("get", "ключ 🐢").out()).contains("Zoë\"\uFFFDJr.");
    }

    @Test
    void a_line_that_is_not_utf_8_is_refused() throws IOException {
        Path file = Files.write(
                directory.resolve("c.csv"),
                (CUSTOMERS + "zoe,Zo\u00EB,Miller,0.00,0.00,0.00\n" + ADA).getBytes(StandardCharsets.ISO_8859_1));

        Cli.Result result = cli.run("load", "--customers", file.toString());

        assertThat(result.err()).startsWith("c.csv, line 2: the line is not in UTF-8");
        assertThat(result.out()).containsPattern("customers +1 +0 +1");
    }

    @Test
    void a_file_that_cannot_be_used_is_refused_before_anything_is_loaded() throws IOException {
        String sound = cli.file("c.csv", CUSTOMERS + ADA);
        assertUnusable(load(sound, cli.file("empty.csv", "")), "is empty");
        assertUnusable(load(sound, cli.file("t.csv", "operation_id,amount\n")), "has no column customer_key, account");
        assertUnusable(load(sound, cli.file("t.csv", "amount,amount\n")), "names a column twice");
        assertUnusable(load(sound, directory.toString()), "is a directory");
        assertUnusable(load(sound, directory.resolve("none.csv").toString()), "does not exist");
        assertThat(cli.run("status").out()).contains("0 customers");
    }

    @Test
    void files_with_nothing_but_headers_load_nothing() throws IOException {
        Cli.Result result = load(cli.file("c.csv", CUSTOMERS), cli.file("t.csv", TRANSACTIONS.strip()));
        assertThat(result.exitCode()).isZero();
        assertThat(result.out()).startsWith("Loaded 0 lines");
    }

    @Test
    void a_shard_that_is_down_stops_the_load_and_repeating_it_finishes_it() throws IOException {
        String customers = cli.file(
                "c.csv",
                CUSTOMERS
                        + IntStream.range(0, 300)
                                .mapToObj("c-%d,Ada,Lovelace,1.00,0.00,0.00\n"::formatted)
                                .collect(Collectors.joining()));
        String yaml = Files.readString(directory.resolve("bank.yaml"));
        cli.file(
                "bank.yaml",
                yaml.replaceFirst("jdbc:h2:mem:", "jdbc:h2:file:/dev/null/none;x=")
                        + "\npool: { connection-timeout: 250ms }");

        Cli.Result stopped = cli.run("load", "--customers", customers);
        assertThat(stopped.exitCode()).isEqualTo(1);
        assertThat(stopped.out()).startsWith("Ended early, after").contains("Next: ringshard load --customers");
        assertThat(stopped.err()).contains("eu-1");

        cli.file("bank.yaml", yaml);
        Cli.Result repeated = cli.run("load", "--customers", customers);
        assertThat(repeated.exitCode()).isZero();
        assertThat(repeated.out()).contains("now hold 300 customers and 300.00");
    }

    private static void assertUnusable(Cli.Result result, String reason) {
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains(reason, "Nothing was loaded.");
    }

    private Cli.Result load(String customers, String transactions, String... more) {
        String[] arguments = new String[5 + more.length];
        System.arraycopy(
                new String[] {"load", "--customers", customers, "--transactions", transactions}, 0, arguments, 0, 5);
        System.arraycopy(more, 0, arguments, 5, more.length);
        return cli.run(arguments);
    }

    private static JsonNode json(Cli.Result result) throws IOException {
        return new ObjectMapper().readTree(result.out());
    }
}
