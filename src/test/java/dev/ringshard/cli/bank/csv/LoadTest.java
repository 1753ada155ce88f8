package dev.ringshard.cli.bank.csv;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringshard.cli.Cli;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
        cli = Cli.founded(directory, 2);
    }

    @Test
    void loading_twice_applies_nothing_twice() throws IOException {
        String customers = cli.file("c.csv", CUSTOMERS + "ada,Ada,Lovelace,10.00,0.00,0.00\n");
        String transactions =
                cli.file("t.csv", TRANSACTIONS + "t1,ada,1993-01-01,CHECKING,5.5\n" + "t2,ada,,CHECKING,-7.25\n");

        JsonNode first = load(customers, transactions, "--json").json();
        JsonNode second = load(customers, transactions, "--json").json();

        assertThat(first.at("/customers/created").asInt()).isEqualTo(1);
        assertThat(first.at("/transactions/applied").asInt()).isEqualTo(2);
        assertThat(first.at("/totals/money").asText()).isEqualTo("8.25");
        assertThat(second.at("/customers/alreadyThere").asInt()).isEqualTo(1);
        assertThat(second.at("/transactions/alreadyApplied").asInt()).isEqualTo(2);
        assertThat(second.at("/totals")).isEqualTo(first.at("/totals"));
    }

    private static final String TRANSFERS = "operation_id,customer_key,account,to_customer_key,to_account,amount\n";

    /** Each of them can pay only what came with the line before; most go from one shard to the other. */
    @Test
    void transfers_are_made_after_customers_are_created_in_order_and_once() throws IOException {
        int people = 30;
        String customers = cli.file(
                "c.csv",
                CUSTOMERS + "c-0,First,Payer,0.00,0.00,0.00\n"
                        + IntStream.rangeClosed(1, people)
                                .mapToObj("c-%d,Next,Payer,0.00,0.00,0.00\n"::formatted)
                                .collect(Collectors.joining()));
        String transactions = cli.file("t.csv", TRANSACTIONS + "salary,c-0,,CHECKING,100.00\n");
        String transfers = cli.file(
                "p.csv",
                TRANSFERS
                        + IntStream.range(0, people)
                                .mapToObj(i -> "pass-%d,c-%d,CHECKING,c-%d,CHECKING,100.00\n".formatted(i, i, i + 1))
                                .collect(Collectors.joining()));
        String[] command = {
            "load", "--customers", customers, "--transactions", transactions, "--transfers", transfers, "--json"
        };

        JsonNode first = cli.run(command).json();
        JsonNode second = cli.run(command).json();

        assertThat(first.at("/transfers/applied").asInt()).isEqualTo(people);
        assertThat(first.at("/transfers/refused").asInt()).isZero();
        assertThat(second.at("/transfers/alreadyApplied").asInt()).isEqualTo(people);
        assertThat(second.at("/totals")).isEqualTo(first.at("/totals"));
        assertThat(cli.run("get", "c-" + people, "--json")
                        .json()
                        .at("/checking")
                        .asText())
                .isEqualTo("100.00");
    }

    @Test
    void a_transfer_that_cannot_be_made_is_refused_like_any_other_line() throws IOException {
        String customers =
                cli.file("c.csv", CUSTOMERS + "ada,Ada,Lovelace,0.00,10.00,0.00\n" + "eve,Eve,On,0.00,0.00,0.00\n");
        String transfers = cli.file(
                "p.csv",
                TRANSFERS
                        + "p1,ada,CHECKING,eve,CHECKING,10.01\n" // 2
                        + "p2,ada,CHECKING,nobody,CHECKING,1.00\n" // 3
                        + "p3,nobody,CHECKING,ada,CHECKING,1.00\n" // 4
                        + "p4,ada,CHECKING,ada,CHECKING,1.00\n" // 5
                        + "p5,ada,CHECKING,eve,CHECKING,-1.00\n" // 6
                        + "p6,ada,CHECKING,eve,CHEQUING,1.00\n" // 7
                        + "p7,ada,CHECKING,,CHECKING,1.00\n" // 8
                        + "p8,ada,CHECKING,ada,SAVINGS,4.00\n" // 9
                        + "p8,ada,CHECKING,ada,SAVINGS,5.00\n" // 10
                        + "p9,ada,CHECKING,eve,CHECKING,6.00\n"); // 11
        String[] command = {"load", "--customers", customers, "--transfers", transfers};

        for (String round : List.of("first", "second")) {
            Cli.Result result = cli.run(command);

            assertThat(result.exitCode()).as(round).isEqualTo(3);
            assertThat(result.err())
                    .contains(
                            "p.csv, line 2: The account holds less than is to be transferred\n",
                            "p.csv, line 3: Customer nobody could not be paid, and the money was given back\n",
                            "p.csv, line 4: There is no customer nobody\n",
                            "p.csv, line 5: both accounts are the same\n",
                            "p.csv, line 6: amount is not above zero\n",
                            "p.csv, line 7: to_account is none of SAVINGS, CHECKING, RETIREMENT_401K\n",
                            "p.csv, line 8: A key is empty\n",
                            "p.csv, line 10: Operation id p8 was used before for another operation\n");
        }

        JsonNode ada = cli.run("get", "ada", "--json").json();
        assertThat(ada.at("/checking").asText()).isEqualTo("0.00");
        assertThat(ada.at("/savings").asText()).isEqualTo("4.00");
        assertThat(ada.at("/inTransit")).isEmpty();
    }

    @Test
    void a_strict_load_of_transfers_that_would_be_refused_makes_none() throws IOException {
        String customers =
                cli.file("c.csv", CUSTOMERS + "ada,Ada,Lovelace,0.00,10.00,0.00\n" + "eve,Eve,On,0.00,0.00,0.00\n");
        String good = "p1,ada,CHECKING,eve,CHECKING,1.00\n";
        String transfers = cli.file(
                "p.csv",
                TRANSFERS
                        + good // 2
                        + good // 3
                        + "p2,ada,CHECKING,nobody,CHECKING,1.00\n" // 4
                        + "p1,ada,CHECKING,eve,SAVINGS,1.00\n" // 5
                        + "p1,eve,CHECKING,ada,CHECKING,1.00\n"); // 6

        Cli.Result refused = cli.run("load", "--customers", customers, "--transfers", transfers, "--strict");

        assertThat(refused.exitCode()).isEqualTo(3);
        assertThat(refused.err())
                .contains(
                        "p.csv, line 4: There is no customer nobody\n",
                        "p.csv, line 5: Operation id p1 was used before for another operation\n",
                        "p.csv, line 6: Operation id p1 was used before for another operation\n")
                .doesNotContain("line 2", "line 3");
        assertThat(cli.run("get", "ada").exitCode()).as("not even created").isEqualTo(3);

        String sound = cli.file("p.csv", TRANSFERS + good + good);
        for (int i = 0; i < 2; i++) {
            assertThat(cli.run("load", "--customers", customers, "--transfers", sound, "--strict")
                            .exitCode())
                    .isZero();
        }
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
                        "t.csv, line 6: amount is no decimal number such as 12.50\n",
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

    /** A line that cannot be a customer, and what is said of it. */
    private record Broken(String line, String reason) {}

    private static final List<Broken> BROKEN = List.of(
            new Broken("bob,Bob,Builder,0.00,0.00", "the line has 5 columns, the header 6"),
            new Broken("bob,Bob,Builder,0.00,0.00,0.00,", "the line has 7 columns, the header 6"),
            new Broken("   ", "the line has 1 column, the header 6"),
            new Broken("bob;Bob;Builder;0.00;0.00;0.00", "the line has 1 column, the header 6"),
            new Broken(",Bob,Builder,0.00,0.00,0.00", "A key is empty"),
            new Broken("\"\",Bob,Builder,0.00,0.00,0.00", "A key is empty"),
            new Broken("k".repeat(256) + ",Bob,Builder,0.00,0.00,0.00", "A key has 256 characters"),
            new Broken("bo\0b,Bob,Builder,0.00,0.00,0.00", "U+0000"),
            new Broken("bob," + "B".repeat(201) + ",Builder,0.00,0.00,0.00", "at most 200 characters"),
            new Broken("bob,Bob,Buil\0der,0.00,0.00,0.00", "none U+0000"),
            new Broken("bob,Bob,Builder,,0.00,0.00", "savings is no decimal number such as 12.50"),
            new Broken("bob,Bob,Builder,0.00,1e3,0.00", "checking is no decimal number"),
            new Broken("bob,Bob,Builder,0.00,0.00,NaN", "retirement_401k is no decimal number"),
            new Broken("bob,Bob,Builder, 1.00,0.00,0.00", "savings is no decimal number"),
            new Broken("bob,Bob,Builder,\"1,000.00\",0.00,0.00", "savings is no decimal number"),
            new Broken("bob,Bob,Builder,٣.00,0.00,0.00", "savings is no decimal number"),
            new Broken("bob,Bob,Builder,0.001,0.00,0.00", "savings has more than two decimals"),
            new Broken("bob,Bob,Builder,100000000000000000.00,0.00,0.00", "more than 17 digits before them"),
            new Broken("bob,\"Bob\"x,Builder,0.00,0.00,0.00", "there is text behind a closing quote"),
            new Broken("bob,B\"o\"b,Builder,0.00,0.00,0.00", "a quote stands inside of a field"),
            new Broken("bob,Bob," + "x".repeat(70_000) + ",0.00,0.00,0.00", "the line has more than 65536 bytes"),
            new Broken("bob,\"Bob", "a quote is opened, and line 24 has more than 65536 bytes"),
            new Broken("x".repeat(70_000) + "\",x,0.00,0.00,0.00", "the line has more than 65536 bytes"),
            new Broken("bob,\"Bob,Builder,0.00,0.00,0.00", "a quote is opened and not closed"));

    @Test
    void a_broken_line_costs_only_itself() throws IOException {
        String customers = cli.file(
                "c.csv", CUSTOMERS + BROKEN.stream().map(Broken::line).collect(Collectors.joining("\n")) + "\n" + ADA);

        JsonNode report = cli.run("load", "--json", "--customers", customers).json();

        assertThat(report.at("/customers/created").asInt()).isEqualTo(1);
        JsonNode refused = report.get("refusedLines");
        for (int i = 0; i < BROKEN.size(); i++) {
            assertThat(refused.at("/%d/line".formatted(i)).asInt()).isEqualTo(i + 2);
            assertThat(refused.at("/%d/reason".formatted(i)).asText())
                    .contains(BROKEN.get(i).reason())
                    .doesNotContain("Bob", "Builder");
        }
        assertThat(refused).hasSize(BROKEN.size());
        JsonNode strict =
                cli.run("load", "--strict", "--json", "--customers", customers).json();
        assertThat(strict.get("refusedLines")).isEqualTo(refused);
    }

    @Test
    void only_the_first_refused_lines_are_shown_and_json_lists_all() throws IOException {
        String customers = cli.file(
                "c.csv", CUSTOMERS + IntStream.range(0, 25).mapToObj(i -> "x\n").collect(Collectors.joining()));

        Cli.Result text = cli.run("load", "--customers", customers);
        assertThat(text.err()).contains("line 21:", "and 5 lines more").doesNotContain("line 22:");
        assertThat(cli.run("load", "--json", "--customers", customers).json().get("refusedLines"))
                .hasSize(25);
    }

    @Test
    void strict_looks_at_what_is_stored_and_at_the_lines_before() throws IOException {
        cli.run("load", "--customers", cli.file("old.csv", CUSTOMERS + ADA + "bob,Bob,Builder,0.00,0.00,0.00\n"));
        cli.run("load", "--transactions", cli.file("o.csv", TRANSACTIONS + "t1,ada,,CHECKING,1.00\n"));
        String customers = cli.file(
                "c.csv",
                CUSTOMERS
                        + ADA // 2
                        + "bob,Robert,Builder,0.00,0.00,0.00\n" // 3
                        + "cy,Cy,Young,0.00,0.00,0.00\n" // 4
                        + "cy,Cy,Old,0.00,0.00,0.00\n" // 5
                        + "cy,Cy,Young,0.00,0.00,0.00\n"); // 6
        String transactions = cli.file(
                "t.csv",
                TRANSACTIONS
                        + "t1,ada,,CHECKING,1.00\n" // 2
                        + "t1,ada,,SAVINGS,1.00\n" // 3
                        + "t2,nobody,,CHECKING,1.00\n" // 4
                        + "t2,cy,,CHECKING,1.00\n" // 5
                        + "t2,cy,,CHECKING,1.00\n" // 6
                        + "t2,cy,,CHECKING,-1.00\n" // 7
                        + "t2,bob,,CHECKING,-1.00\n"); // 8

        Cli.Result strict = load(customers, transactions, "--strict");

        assertThat(strict.exitCode()).isEqualTo(3);
        assertThat(strict.err()).isEqualTo("""
                c.csv, line 3: customer bob is there already, under another name
                c.csv, line 5: customer cy is there already, under another name
                t.csv, line 3: Operation id t1 was used before for another operation
                t.csv, line 4: There is no customer nobody
                t.csv, line 7: Operation id t2 was used before for another operation
                """);
        assertThat(strict.out()).startsWith("Nothing was loaded: 5 lines would be refused.\n");
        assertThat(cli.run("get", "cy").exitCode()).isEqualTo(3);
        assertThat(load(customers, transactions, "--strict", "--json")
                        .json()
                        .get("begun")
                        .asBoolean())
                .isFalse();

        Cli.Result lenient = load(customers, transactions);
        assertThat(lenient.err()).as("the check foresaw it").isEqualTo(strict.err());
    }

    @Test
    void strict_loads_a_sound_file_as_a_whole() throws IOException {
        String customers = cli.file("c.csv", CUSTOMERS + ADA);
        String transactions = cli.file("t.csv", TRANSACTIONS + "t1,ada,,CHECKING,1.00\n");
        for (int i = 0; i < 2; i++) {
            Cli.Result result = load(customers, transactions, "--strict");
            assertThat(result.exitCode()).isZero();
            assertThat(result.out()).contains("Loaded 2 lines", "now hold 1 customer and 1.00");
        }
    }

    @Test
    void generated_customers_are_the_same_for_the_same_seed_and_never_collide_with_those_of_another()
            throws IOException {
        JsonNode first =
                cli.run("load", "--json", "--generate", "700", "--seed", "7").json();
        assertThat(first.at("/customers/created").asInt()).isEqualTo(700);
        assertThat(first.at("/lines").asInt()).isEqualTo(700);
        JsonNode ada = cli.run("get", "g7-000001", "--json").json();
        assertThat(ada.get("firstName").asText()).isEqualTo("Kofi");

        JsonNode again =
                cli.run("load", "--json", "--generate", "800", "--seed", "7").json();
        assertThat(again.at("/customers/created").asInt()).isEqualTo(100);
        assertThat(again.at("/customers/alreadyThere").asInt()).isEqualTo(700);

        JsonNode other =
                cli.run("load", "--json", "--generate", "700", "--seed", "8").json();
        assertThat(other.at("/customers/created").asInt()).isEqualTo(700);

        Cli.Result clash = cli.run("load", "--generate", "3", "--seed", "8", "--prefix", "g7-");
        assertThat(clash.exitCode()).isEqualTo(3);
        assertThat(clash.err())
                .startsWith("generated customers, line 1: customer g7-000001 is there already, under another name\n");
        assertThat(clash.out())
                .contains("Next: repeat it with a --prefix that nobody else has")
                .doesNotContain("transactions");
    }

    @Test
    void the_day_of_a_transaction_is_that_of_its_entry() throws IOException {
        String customers = cli.file("c.csv", CUSTOMERS + ADA);
        String transactions = cli.file(
                "t.csv",
                TRANSACTIONS
                        + "t1,ada,1993-01-31,CHECKING,1.00\n" // 2
                        + "t2,ada,,CHECKING,1.00\n" // 3
                        + "t3,ada,0001-01-01,SAVINGS,-1.00\n" // 4
                        + "t4,ada,9999-12-31,CHECKING,1.00\n" // 5
                        + "t1,ada,1993-01-31,CHECKING,1.00\n" // 6
                        + "t1,ada,1993-02-01,CHECKING,1.00\n" // 7
                        + "t2,ada,1993-02-01,CHECKING,1.00\n"); // 8

        Cli.Result strict = load(customers, transactions, "--strict");
        assertThat(strict.exitCode()).isEqualTo(3);
        Cli.Result loaded = load(customers, transactions);
        assertThat(loaded.err()).isEqualTo(strict.err()).isEqualTo("""
                t.csv, line 7: Operation id t1 was used before for another operation
                t.csv, line 8: Operation id t2 was used before for another operation
                """);

        JsonNode entries = cli.run("get", "ada", "--json").json().get("entries");
        assertThat(entries.findValuesAsText("bookedOn"))
                .containsExactly("9999-12-31", "0001-01-01", "null", "1993-01-31");
        assertThat(cli.run("get", "ada").out()).contains("1993-01-31  ", "0001-01-01  ");
        assertThat(cli.run("verify").exitCode()).isZero();
        JsonNode again = load(customers, transactions, "--json").json();
        assertThat(again.at("/transactions/alreadyApplied").asInt()).isEqualTo(5);
    }

    @Test
    void what_is_no_day_is_refused() throws IOException {
        List<String> days =
                List.of("31.01.1993", "1993-02-29", "0000-01-01", "93-01-31", "1993-1-31", " ", "10000-01-01");
        String transactions = cli.file(
                "t.csv",
                TRANSACTIONS
                        + days.stream()
                                .map("t1,ada,%s,CHECKING,1.00\n"::formatted)
                                .collect(Collectors.joining()));

        JsonNode report =
                load(cli.file("c.csv", CUSTOMERS + ADA), transactions, "--json").json();

        assertThat(report.get("refusedLines").findValuesAsText("reason"))
                .hasSize(days.size())
                .containsOnly("booked_on is no day such as 1993-01-31");
    }

    @Test
    void strict_loads_nothing_if_a_line_is_malformed() throws IOException {
        String customers = cli.file("c.csv", CUSTOMERS + ADA);
        String transactions = cli.file("t.csv", TRANSACTIONS + "t1,ada,,CHECKING,1.00\n" + "t2,ada,,CHECKING,1.001\n");

        Cli.Result result = load(customers, transactions, "--strict");

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.err()).startsWith("t.csv, line 3: amount has more than two decimals");
        assertThat(result.out()).startsWith("Nothing was loaded: 1 line would be refused.");
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

        JsonNode stored = cli.run("get", "ключ 🐢", "--json").json();
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
        assertUnusable(
                load(sound, cli.file("t.csv", "operation_id;customer_key;account;amount\n")),
                "has columns that are parted by semicolons or tabs. Nothing was loaded. Part them by commas");
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
}
