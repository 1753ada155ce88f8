package dev.ringshard.cli.bank.csv;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringshard.Ringshard;
import dev.ringshard.bank.Customer;
import dev.ringshard.cli.Cli;
import dev.ringshard.config.RingshardConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every line of a file is applied, or told as refused with its number and the reason; with and without --strict. */
class LoadedLinesTest {
    private static final String CUSTOMERS = "customer_key,first_name,last_name,savings,checking,retirement_401k\n";
    private static final String TRANSACTIONS = "operation_id,customer_key,booked_on,account,amount\n";

    @TempDir
    Path directory = Path.of("");

    private Cli cli = new Cli(directory);

    @BeforeEach
    void found() throws IOException {
        cli = Cli.founded(directory, 2);
    }

    @Test
    void two_stray_quotes_swallow_no_line_between_them() throws IOException {
        String customers = CUSTOMERS
                + named("a", "A") // 2
                + named("b", "B\"ob") // 3
                + named("c", "C") // 4
                + named("d", "D") // 5
                + named("e", "Eve\"") // 6
                + named("f", "F"); // 7
        assertLoads(
                customers,
                List.of("a", "c", "d", "f"),
                "3: a quote stands inside of a field that does not begin with one",
                "6: a quote stands inside of a field that does not begin with one");
    }

    @Test
    void two_stray_quotes_at_the_beginning_of_fields_swallow_no_line_between_them() throws IOException {
        String customers = CUSTOMERS
                + named("b", "\"Bob") // 2
                + named("c", "C") // 3
                + named("d", "D") // 4
                + named("e", "\"Eve"); // 5
        assertLoads(
                customers,
                List.of("c", "d"),
                "2: there is text behind a closing quote",
                "5: a quote is opened and not closed");
    }

    @Test
    void transactions_between_stray_quotes_are_booked() throws IOException {
        cli.run("load", "--customers", cli.file("c.csv", CUSTOMERS + named("a", "A")));
        String transactions = cli.file(
                "t.csv",
                TRANSACTIONS
                        + "t1,a,1993\"-01-01,CHECKING,1.00\n" // 2
                        + "t2,a,1993-01-01,CHECKING,2.00\n" // 3
                        + "t3,a,1993-01-01,CHECKING,4.00\n" // 4
                        + "t4,a,1993-01-01\",CHECKING,8.00\n"); // 5
        JsonNode report =
                cli.run("load", "--json", "--transactions", transactions).json();
        assertThat(report.at("/totals/money").asText()).isEqualTo("6.00");
        assertThat(refused(report)).hasSize(2);
    }

    @Test
    void any_end_of_a_line_ends_it() throws IOException {
        String lines = CUSTOMERS + named("a", "A") + named("b", "B") + named("c", "C");
        assertLoads(lines.replace("\n", "\r"), List.of("a", "b", "c"));
        assertLoads(lines.replace("\n", "\r").strip(), List.of("a", "b", "c"));
        assertLoads(lines.replace("\n", "\r\n"), List.of("a", "b", "c"));
        assertLoads(lines.strip(), List.of("a", "b", "c"));
        assertLoads(lines.replace("\n", "\n\n\r\n\r\r"), List.of("a", "b", "c"));
        assertLoads("\uFEFF" + lines.replace("\n", "\r"), List.of("a", "b", "c"));
    }

    @Test
    void the_ends_of_lines_may_be_mixed_and_each_counts_as_one() throws IOException {
        String customers = CUSTOMERS + named("a", "A").strip() + "\r" // 2
                + "x\r\n" // 3
                + named("b", "B").strip() + "\r\n" // 4
                + "\r" // 5
                + "y\n" // 6
                + named("c", "C"); // 7
        assertLoads(
                customers,
                List.of("a", "b", "c"),
                "3: the line has 1 column, the header 6",
                "6: the line has 1 column, the header 6");
    }

    @Test
    void a_record_over_several_lines_is_refused_as_one_and_what_is_quoted_in_it_is_not_loaded() throws IOException {
        String customers = CUSTOMERS + "a,\"A\nb,B,B,0.00,0.00,0.00\n\",Last,0.00,0.00\n" // 2 to 4
                + named("c", "\"C\nC\"") // 5 and 6
                + "d,\"D\n\",Last,abc,0.00,0.00\n" // 7 and 8
                + "x\n"; // 9
        assertLoads(
                customers,
                List.of("c"),
                "2 to 4: the line has 5 columns, the header 6",
                "7 to 8: savings is no decimal number such as 12.50",
                "9: the line has 1 column, the header 6");
        Cli.Result text = cli.run("load", "--customers", cli.file("c.csv", customers));
        assertThat(text.err()).contains("c.csv, lines 2 to 4: the line has", "c.csv, line 9: the line has");
    }

    @Test
    void a_quote_that_is_never_closed_costs_its_own_line() throws IOException {
        String customers = CUSTOMERS + named("a", "\"A") // 2
                + named("b", "B") // 3
                + "c,C,\"Last"; // 4
        assertLoads(
                customers,
                List.of("b"),
                "2: there is text behind a closing quote",
                "4: a quote is opened and not closed");
        assertLoads(
                CUSTOMERS + named("a", "\"A") + named("b", "B"), List.of("b"), "2: a quote is opened and not closed");
        assertLoads(CUSTOMERS + "\"", List.of(), "2: a quote is opened and not closed");
    }

    @Test
    void lines_in_another_encoding_are_refused_one_by_one_and_a_file_in_one_as_a_whole() throws IOException {
        String customers = CUSTOMERS + named("a", "A") + named("z", "Zo\u00EB") + named("b", "B");
        assertThat(assertAccounted(bytes(customers, StandardCharsets.ISO_8859_1)))
                .containsExactly("3: the line is not in UTF-8");
        assertThat(stored()).containsExactly("a", "b");

        for (Charset utf16 : List.of(StandardCharsets.UTF_16, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)) {
            Cli.Result result = cli.run("load", "--customers", bytes(customers, utf16));
            assertThat(result.exitCode()).isEqualTo(2);
            assertThat(result.err()).contains("has a first line that is not in UTF-8", "Save it as UTF-8");
        }
    }

    @Test
    void a_header_that_cannot_be_read_is_refused_with_the_reason() throws IOException {
        assertUnusable("\n" + CUSTOMERS, "begins with an empty line");
        assertUnusable("", "is empty");
        assertUnusable("\uFEFF", "is empty");
        assertUnusable("\"" + CUSTOMERS + named("a", "A"), "has a first line that cannot be read: a quote is opened");
        assertUnusable("customer\"_key,x\n", "has a first line that cannot be read: a quote stands inside");
        assertUnusable(CUSTOMERS.replace("first", "\0first"), "has no column first_name");
        assertUnusable(CUSTOMERS.strip() + ",savings\n", "names a column twice");
        assertUnusable(CUSTOMERS.strip() + ", savings \n", "names a column twice");
        assertUnusable("x".repeat(70_000) + CUSTOMERS, "has a first line that has more than 65536 bytes");
    }

    @Test
    void a_pipe_is_read_to_its_end_but_cannot_be_read_twice() throws Exception {
        String customers = CUSTOMERS
                + IntStream.range(0, 5_000)
                        .mapToObj("c-%04d,Ada,Lovelace,0.00,0.00,0.00\n"::formatted)
                        .collect(Collectors.joining());
        Path pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();

        Cli.Result strict = cli.run("load", "--strict", "--customers", pipe.toString());
        assertThat(strict.exitCode()).isEqualTo(2);
        assertThat(strict.err()).contains("--strict reads each file twice", pipe.toString());

        Thread writer = new Thread(() -> write(pipe, customers));
        writer.start();
        JsonNode report =
                cli.run("load", "--json", "--customers", pipe.toString()).json();
        writer.join();
        assertThat(report.at("/customers/created").asInt()).isEqualTo(5_000);
    }

    private static void write(Path pipe, String content) {
        try {
            Files.writeString(pipe, content);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static String named(String key, String firstName) {
        return "%s,%s,Last,0.00,0.00,0.00\n".formatted(key, firstName);
    }

    private String bytes(String content, Charset charset) throws IOException {
        return Files.write(directory.resolve("b.csv"), content.getBytes(charset))
                .toString();
    }

    private void assertUnusable(String content, String reason) throws IOException {
        Cli.Result result = cli.run("load", "--customers", cli.file("c.csv", content));
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains(reason, "Nothing was loaded.");
    }

    /** Loads a file into an empty bank, and tells the refused lines. */
    private void assertLoads(String content, List<String> keys, String... refused) throws IOException {
        String file = cli.file("c.csv", content);
        assertThat(assertAccounted(file)).containsExactly(refused);
        assertThat(stored()).isEqualTo(keys);
        deleteAll(keys);
    }

    /** The refused lines, which must be the same to a strict load. */
    private List<String> assertAccounted(String file) throws IOException {
        Cli.Result strict = cli.run("load", "--strict", "--json", "--customers", file);
        List<String> refused = refused(strict.json());
        assertThat(strict.exitCode()).isEqualTo(refused.isEmpty() ? 0 : 3);
        Cli.Result lenient = cli.run("load", "--json", "--customers", file);
        assertThat(lenient.exitCode()).isEqualTo(strict.exitCode());
        assertThat(refused(lenient.json())).isEqualTo(refused);
        return refused;
    }

    private static List<String> refused(JsonNode report) {
        List<String> refused = new ArrayList<>();
        for (JsonNode line : report.get("refusedLines")) {
            long first = line.get("line").asLong();
            long last = line.get("lastLine").asLong();
            String lines = first == last ? String.valueOf(first) : first + " to " + last;
            refused.add(lines + ": " + line.get("reason").asText());
        }
        return refused;
    }

    private List<String> stored() {
        try (Ringshard bank = open();
                Stream<Customer> customers = bank.customers().streamInKeyOrder()) {
            return customers.map(Customer::key).toList();
        }
    }

    private void deleteAll(List<String> keys) {
        try (Ringshard bank = open()) {
            keys.forEach(bank.customers()::delete);
        }
    }

    private Ringshard open() {
        return Ringshard.open(RingshardConfig.load(directory.resolve("bank.yaml")));
    }
}
