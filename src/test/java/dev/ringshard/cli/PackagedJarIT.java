package dev.ringshard.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringshard.Ringshard;
import dev.ringshard.bank.Customer;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The packaged command line, as a process of its own; several at once, because they wait for much. Does not show how a load fares
 * when a machine loses power.
 */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class PackagedJarIT {
    private static final Path BANK = Path.of("src/test/resources/bank").toAbsolutePath();
    private static final String SCRIPT =
            Path.of("src/main/scripts/ringshard").toAbsolutePath().toString();
    private static final Path TRANSACTIONS = BANK.resolve("transactions.csv");

    @TempDir
    Path directory = Path.of("");

    private record Result(int exitCode, String out, String err) {}

    @Test
    void the_demo_is_what_comes_without_arguments_and_ends_with_0() throws Exception {
        Result demo = run();
        assertThat(demo.exitCode).as(demo.err).isZero();
        assertThat(demo.out).contains("Ringshard demo", "Yes, to the cent.", "Next: ");
        assertThat(demo.err).startsWith("Starting 4 databases in memory, in this process.\n");
        assertThat(demo.err.lines().skip(1))
                .allMatch(line -> line.matches(
                        "starting: .* so far|(creating customers|moving money): (.* left|[0-9,]+, .*/s)(; .*)?"));
    }

    @Test
    void the_script_keeps_what_starts_the_next_command_sooner_and_says_the_same() throws Exception {
        configure(1);
        assertThat(run("init").exitCode).isZero();
        Path cache = directory.resolve("cache");

        assertThat(script(cache, "status", "--config", "none.yaml").exitCode).isEqualTo(2);
        assertThat(cache).as("by what failed, nothing is learnt").isEmptyDirectory();
        Result first = script(cache, "status");
        try (Stream<Path> kept = Files.list(cache)) {
            assertThat(kept).singleElement().asString().endsWith(".jsa");
        }
        Result second = script(cache, "status");
        Result without = script(Path.of(""), "status");

        assertThat(first.exitCode).as(first.err).isZero();
        assertThat(first.out).contains("Cluster bank · 1 shard", "Next: " + SCRIPT + " ");
        assertThat(List.of(first.err, second.err, without.err)).containsOnly("");
        assertThat(List.of(second.out, without.out)).containsOnly(first.out);
        assertThat(script(cache, "get", "nobody").exitCode).isEqualTo(3);
        assertThat(script(cache, "verify").exitCode).isZero();
    }

    private Result script(Path cache, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(SCRIPT));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().put("RINGSHARD_CACHE", cache.toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return run(builder);
    }

    @Test
    void a_year_of_a_bank_loaded_by_a_process_that_is_killed_in_the_middle_comes_out_right() throws Exception {
        configure(IntStream.range(0, 3)
                .mapToObj(i -> TestCluster.database(DatabaseKind.POSTGRESQL))
                .toList());
        assertThat(run("init").exitCode).isZero();

        Process killed = start(load(TRANSACTIONS));
        readUntil(killed, "loading: ([5-9]|[0-9]{2}),[0-9]{3} lines, .*");
        assertThat(killed.isAlive()).isTrue();
        killed.destroyForcibly().waitFor();

        Result repeated = run(load(TRANSACTIONS));
        assertThat(repeated.exitCode).as(repeated.err).isZero();
        JsonNode report = new ObjectMapper().readTree(repeated.out);
        assertThat(report.at("/transactions/alreadyApplied").asInt()).isPositive();
        assertThat(report.at("/transactions/applied").asInt()).isPositive();

        Map<String, BigDecimal> expected = expectedBalances();
        for (String key : List.of("cz-2", "cz-9")) {
            JsonNode customer = new ObjectMapper().readTree(run("get", key, "--json").out);
            assertThat(expected)
                    .containsEntry(key, new BigDecimal(customer.get("checking").asText()));
        }
        assertThat(storedBalances()).isEqualTo(expected);
    }

    @Test
    void a_load_that_is_asked_to_stop_finishes_what_is_under_way_and_says_how_to_go_on() throws Exception {
        configure(2);
        assertThat(run("init").exitCode).isZero();
        Path beginning = Files.write(
                directory.resolve("beginning.csv"),
                Files.readAllLines(TRANSACTIONS).subList(0, 8000));

        Process stopped = start(load(beginning));
        readUntil(stopped, "loading: .*");
        stopped.toHandle().destroy(); // SIGTERM, which is treated as Ctrl-C is; the streams stay open
        String out = new String(stopped.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(stopped.waitFor()).isEqualTo(1);
        assertThat(new ObjectMapper().readTree(out).get("stopped").asText()).isEqualTo("Stopped on request.");
        assertThat(run("status").exitCode).isZero();
        Result repeated = run(load(beginning));
        assertThat(repeated.exitCode).as(repeated.err).isZero();
        assertThat(storedBalances()).isEqualTo(sums(beginning));
    }

    @Test
    void a_rebalance_that_is_asked_to_stop_ends_after_the_chunk_and_the_next_moves_the_rest() throws Exception {
        configure(1);
        assertThat(run("init").exitCode).isZero();
        assertThat(run("load", "--generate", "3000", "--json").exitCode).isZero();
        configure(2);

        Process stopped = start("rebalance", "--yes", "--max-rate", "200");
        readUntil(stopped, "moving: .*");
        stopped.toHandle().destroy();
        String out = new String(stopped.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(stopped.waitFor()).isEqualTo(3);
        assertThat(out)
                .startsWith("Stopped on request: ")
                .contains("The rest stays where it is; all keys are served.", "Next: java -jar ");
        assertThat(run("rebalance", "--yes").exitCode).isZero();
        assertThat(run("verify").exitCode).isZero();
    }

    @Test
    void an_export_that_is_asked_to_stop_says_that_what_it_printed_is_not_all() throws Exception {
        configure(2);
        assertThat(run("init").exitCode).isZero();
        assertThat(run("load", "--generate", "8000", "--json").exitCode).isZero();

        Process stopped = start("export"); // more than fits between the two processes, so that it has to wait
        BufferedReader out =
                new BufferedReader(new InputStreamReader(stopped.getInputStream(), StandardCharsets.UTF_8));
        assertThat(out.readLine()).startsWith("customer_key,");
        stopped.toHandle().destroy();
        long customers = out.lines().count();
        String err = new String(stopped.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(stopped.waitFor()).isEqualTo(1);
        assertThat(customers).isLessThan(8000);
        assertThat(err).contains("Stopped on request.", "What was printed is not all.");
    }

    @Test
    void a_cluster_is_served_until_somebody_wants_it_to_stop() throws Exception {
        configure(2);
        assertThat(run("init").exitCode).isZero();

        Process served = start("serve", "--port", "0");
        BufferedReader out = new BufferedReader(new InputStreamReader(served.getInputStream(), StandardCharsets.UTF_8));
        String url = out.readLine().replaceFirst(".* is shown at ", "");
        HttpClient client = HttpClient.newHttpClient();
        assertThat(get(client, url)).contains("<title>Ringshard</title>");
        await().atMost(Duration.ofMinutes(1)) // a shard that answers late on a busy machine is said to be down
                .untilAsserted(() -> assertThat(get(client, url + "health")).contains("\"state\":\"up\""));
        assertThat(get(client, url + "metrics")).contains("ringshard_shard_up{shard=\"eu-2\"} 1.0");
        served.toHandle().destroy();

        assertThat(new String(served.getErrorStream().readAllBytes(), StandardCharsets.UTF_8).strip())
                .isEqualTo("Stopped on request.");
        assertThat(served.waitFor()).isZero();
    }

    private static String get(HttpClient client, String url) throws Exception {
        return client.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    @Test
    void where_h2_cannot_write_nothing_is_printed_but_what_the_command_has_to_say() throws Exception {
        Path inTheWay = Files.writeString(directory.resolve("in-the-way"), "");
        Files.writeString(directory.resolve("ringshard.yaml"), """
                cluster: bank
                shards: [ { name: eu-1, url: "jdbc:h2:file:%s/eu-1" } ]
                """.formatted(inTheWay));

        Result init = run("init");

        assertThat(init.exitCode).isEqualTo(1);
        assertThat(init.out).isEmpty();
        assertThat(init.err.lines()).hasSize(3);
        assertThat(init.err).contains("eu-1: looking who it is", "Shard eu-1 cannot be reached: ", "Next: ");
    }

    @Test
    void what_is_in_the_jar_suffices_for_an_example_and_for_completion() throws Exception {
        Files.writeString(directory.resolve("ringshard.yaml"), run("config", "example").out);
        assertThat(RingshardConfig.load(directory.resolve("ringshard.yaml")).shards())
                .hasSize(4);
        assertThat(run("completion").out).contains("_complete_ringshard", "--generate");
        assertThat(run("--version").out).startsWith("ringshard ");
    }

    private static String[] load(Path transactions) {
        return new String[] {
            "load", "--json",
            "--customers", BANK.resolve("customers.csv").toString(),
            "--transactions", transactions.toString()
        };
    }

    private void configure(int shards) throws IOException {
        configure(IntStream.rangeClosed(1, shards)
                .mapToObj(i -> new TestDatabase("jdbc:h2:file:" + directory.resolve("eu-" + i), "", ""))
                .toList());
    }

    private void configure(List<TestDatabase> databases) throws IOException {
        List<String> yaml = new ArrayList<>(List.of("cluster: bank", "shards:"));
        for (TestDatabase database : databases) {
            yaml.add(database.yaml("eu-" + (yaml.size() - 1)));
        }
        Files.write(directory.resolve("ringshard.yaml"), yaml);
    }

    private Result run(String... arguments) throws Exception {
        return run(builder(arguments));
    }

    private Result run(ProcessBuilder builder) throws Exception {
        Path err = Files.createTempFile(directory, "stderr", ".txt");
        Process process = builder.redirectError(err.toFile()).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), out, Files.readString(err));
    }

    private Process start(String... arguments) throws IOException {
        return builder(arguments).start();
    }

    private ProcessBuilder builder(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", // most of these processes live for seconds
                "-XX:+UseSerialGC",
                "-jar",
                Path.of("target", "ringshard.jar").toAbsolutePath().toString()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).directory(directory.toFile());
    }

    private static void readUntil(Process process, String pattern) throws IOException {
        BufferedReader err =
                new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
        String line = err.readLine();
        while (line != null && !line.matches(pattern)) {
            line = err.readLine();
        }
        assertThat(line).as("a line of progress").isNotNull();
    }

    private static Map<String, BigDecimal> expectedBalances() throws IOException {
        try (Stream<String> lines = Files.lines(BANK.resolve("expected-balances.csv"))) {
            return lines.skip(1)
                    .map(line -> line.split(","))
                    .collect(Collectors.toMap(
                            fields -> fields[0], fields -> new BigDecimal(fields[1]), (a, b) -> a, TreeMap::new));
        }
    }

    private static Map<String, BigDecimal> sums(Path transactions) throws IOException {
        Map<String, BigDecimal> sums = new TreeMap<>();
        expectedBalances().keySet().forEach(key -> sums.put(key, new BigDecimal("0.00")));
        for (String line : Files.readAllLines(transactions).subList(1, 8000)) {
            String[] fields = line.split(",", -1);
            sums.merge(fields[1], new BigDecimal(fields[4]), BigDecimal::add);
        }
        return sums;
    }

    private Map<String, BigDecimal> storedBalances() {
        try (Ringshard bank = Ringshard.open(RingshardConfig.load(directory.resolve("ringshard.yaml")));
                Stream<Customer> customers = bank.customers().stream()) {
            return customers.collect(Collectors.toMap(
                    Customer::key, customer -> customer.balances().checking(), (a, b) -> a, TreeMap::new));
        }
    }
}
