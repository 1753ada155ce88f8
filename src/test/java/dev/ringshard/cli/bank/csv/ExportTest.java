package dev.ringshard.cli.bank.csv;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringshard.Ringshard;
import dev.ringshard.bank.Balances;
import dev.ringshard.bank.Customer;
import dev.ringshard.bank.NewCustomer;
import dev.ringshard.cli.Cli;
import dev.ringshard.config.RingshardConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportTest {
    private static final String HEADER = "customer_key,first_name,last_name,savings,checking,retirement_401k\n";

    /** What a CSV file, a line, a quote, a decoder or a sort could stumble over. */
    private static final List<String> TEXTS = List.of(
            "x",
            " ",
            " x ",
            ",",
            "\"",
            "\"\"",
            "\"x\",y",
            "\n",
            "\r",
            "\r\n",
            "x\r",
            "\nx\r\n\ry\n",
            "\t",
            "#x",
            "\\n",
            "'",
            "=1+1",
            "\uFEFF",
            "\uFFFD",
            "\u2028",
            "\u0085",
            "Ὀδυσσεύς",
            "e\u0301",
            "ключ 🐢",
            "李",
            new String(Character.toChars(0x10FFFF)));

    @TempDir
    Path directory = Path.of("");

    private Cli cli = new Cli(directory);

    @BeforeEach
    void found() throws IOException {
        cli = Cli.founded(directory, 3);
    }

    @Test
    void any_name_and_key_comes_back_to_the_letter_and_in_the_order_of_the_keys() throws IOException {
        try (Ringshard bank = open("bank.yaml")) {
            for (String text : TEXTS) {
                bank.customers().create(new NewCustomer("1" + text, text, "x", new Balances("-1.50", "0", "0.01")));
                bank.customers().create(new NewCustomer(text, "", text));
            }
            bank.customers()
                    .create(new NewCustomer("\n".repeat(255), "\n".repeat(200), "\r\n".repeat(100), Balances.ZERO));
        }
        Path file = directory.resolve("all.csv");

        assertThat(export(file).exitCode()).isZero();
        Map<String, List<Object>> before = stored("bank.yaml");
        assertThat(before).hasSize(2 * TEXTS.size() + 1);

        Path other = Files.createDirectory(directory.resolve("other"));
        Cli copy = Cli.founded(other, 2);
        Cli.Result loaded = copy.run("load", "--strict", "--csv", file.toString());
        assertThat(loaded.err()).isEmpty();
        assertThat(loaded.exitCode()).isZero();
        assertThat(stored("other/bank.yaml")).isEqualTo(before);
        Path again = directory.resolve("again.csv");
        assertThat(copy.run("export", "--out", again.toString()).exitCode()).isZero();
        assertThat(again).hasSameBinaryContentAs(file);
        assertThat(keysIn(file))
                .isSortedAccordingTo((a, b) ->
                        Arrays.compare(a.codePoints().toArray(), b.codePoints().toArray()));
    }

    @Test
    void without_a_file_nothing_but_the_customers_is_on_stdout() throws IOException {
        try (Ringshard bank = open("bank.yaml")) {
            bank.customers().create(new NewCustomer("b", "Bob", "O'Brien", new Balances("1", "2", "3")));
            bank.customers().create(new NewCustomer("a", "Zoë", "Smith, \"Jr.\""));
        }

        Cli.Result result = cli.run("export");

        assertThat(result.exitCode()).isZero();
        assertThat(result.out()).isEqualTo(HEADER + """
                a,Zoë,"Smith, ""Jr.\""",0.00,0.00,0.00
                b,Bob,O'Brien,1.00,2.00,3.00
                """);
        assertThat(result.err())
                .startsWith("Exported 2 customers in ")
                .endsWith("Next: ringshard load --config OTHER.yaml --customers FILE.csv\n");
    }

    @Test
    void no_customers_are_a_header() throws IOException {
        assertThat(cli.run("export").out()).isEqualTo(HEADER);
    }

    @Test
    void the_report_as_json_needs_a_file() throws IOException {
        Cli.Result refused = cli.run("export", "--json");
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err()).contains("give --out FILE, too");

        Cli.Result result =
                cli.run("export", "--json", "--out", directory.resolve("a.csv").toString());
        JsonNode report = new ObjectMapper().readTree(result.out());
        assertThat(report.fieldNames())
                .toIterable()
                .containsExactly("file", "customers", "unreadable", "inTransit", "seconds", "stopped");
        assertThat(report.get("customers").asInt()).isZero();
        assertThat(report.get("stopped").isNull()).isTrue();
    }

    @Test
    void a_file_that_was_there_is_replaced_as_a_whole_and_nothing_stays_beside_it() throws IOException {
        Path file = Files.writeString(directory.resolve("a.csv"), "old and longer than what comes now".repeat(10));
        Path link = Files.createSymbolicLink(directory.resolve("link.csv"), file);

        assertThat(export(link).exitCode()).isZero();

        assertThat(file).hasContent(HEADER);
        assertThat(link).isSymbolicLink();
        assertThat(partsLeft()).isEmpty();
    }

    @Test
    void an_export_that_fails_leaves_the_file_as_it_was() throws IOException {
        cli.run("load", "--generate", "100");
        Path file = Files.writeString(directory.resolve("a.csv"), "old");
        String yaml = Files.readString(directory.resolve("bank.yaml"));
        cli.file(
                "bank.yaml",
                yaml.replaceFirst("jdbc:h2:mem:", "jdbc:h2:file:/dev/null/none;x=")
                        + "\npool: { connection-timeout: 250ms }");

        Cli.Result result = export(file);

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains("A read over all shards needs eu-1. Shard eu-1 ");
        assertThat(file).hasContent("old");
        assertThat(partsLeft()).isEmpty();
    }

    @Test
    void what_is_no_place_for_a_file_is_refused() throws IOException {
        assertUnusable(directory, "is a directory");
        assertUnusable(Path.of("/dev/null"), "is no regular file");
        assertUnusable(directory.resolve("none/a.csv"), "there is no such directory");
        assertUnusable(Files.writeString(directory.resolve("plain"), "").resolve("a.csv"), "cannot be written");
        assertThat(Files.isRegularFile(Path.of("/dev/null"))).isFalse();
    }

    private void assertUnusable(Path file, String reason) {
        Cli.Result result = export(file);
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains(reason, "Nothing was read or written.");
    }

    @Test
    void many_customers_come_in_order_across_shards() throws IOException {
        cli.run("load", "--generate", "3000");
        Path file = directory.resolve("a.csv");
        assertThat(export(file).out()).startsWith("Exported 3,000 customers to " + file);
        assertThat(keysIn(file))
                .isEqualTo(IntStream.rangeClosed(1, 3000)
                        .mapToObj("g1-%06d"::formatted)
                        .toList());
    }

    private Cli.Result export(Path file) {
        return cli.run("export", "--out", file.toString());
    }

    private List<Path> partsLeft() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".part")).toList();
        }
    }

    private static List<String> keysIn(Path file) {
        try (CsvFile csv = CsvFile.open(file, CustomerLine.COLUMNS)) {
            return Stream.generate(csv::next)
                    .takeWhile(java.util.Optional::isPresent)
                    .map(line -> line.orElseThrow().get("customer_key"))
                    .toList();
        }
    }

    private Ringshard open(String config) {
        return Ringshard.open(RingshardConfig.load(directory.resolve(config)));
    }

    private Map<String, List<Object>> stored(String config) {
        try (Ringshard bank = open(config);
                Stream<Customer> customers = bank.customers().stream()) {
            return customers.collect(Collectors.toMap(
                    Customer::key,
                    customer -> List.of(customer.firstName(), customer.lastName(), customer.balances()),
                    (a, b) -> a,
                    TreeMap::new));
        }
    }
}
