package dev.ringshard.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Ctrl-C, as a signal to a process of its own, while the command waits for a lock that the test holds. Whoever runs in the
 * background is made deaf to SIGINT, and so are his children: there SIGTERM stands for it.
 */
@Tag("ci")
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class InterruptedCommandsPostgresTest {
    private static final boolean DEAF = isDeaf();
    private static final int DIED_OF_IT = 128 + (DEAF ? 15 : 2);

    private final List<TestDatabase> databases = Stream.generate(() -> TestCluster.database(DatabaseKind.POSTGRESQL))
            .limit(3)
            .toList();
    private final List<Process> processes = new ArrayList<>();

    @TempDir
    Path directory = Path.of("");

    private Cli cli = new Cli(directory);

    private static boolean isDeaf() {
        Path status = Path.of("/proc/self/status");
        if (Files.notExists(status)) {
            return false;
        }
        try {
            return Files.readString(status).lines().anyMatch(line -> line.matches("SigIgn:.*[2367abef]"));
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
    }

    @BeforeEach
    void found() throws IOException {
        cli = new Cli(directory);
        configure(2);
        assertThat(cli.run("init").exitCode()).isZero();
        assertThat(cli.run("load", "--generate", "300").exitCode()).isZero();
    }

    @AfterEach
    void kill() throws InterruptedException {
        for (Process process : processes) {
            process.destroyForcibly().waitFor();
        }
    }

    /** So patient that it is not the lock's time-out that ends the wait. */
    private void configure(int shards) throws IOException {
        List<String> yaml = new ArrayList<>(
                List.of("cluster: bank", "pool: { lock-timeout: 10m, socket-timeout: 11m }", "shards:"));
        for (int i = 1; i <= shards; i++) {
            yaml.add(databases.get(i - 1).yaml("eu-" + i));
        }
        cli.file("bank.yaml", String.join("\n", yaml));
    }

    @ParameterizedTest
    @ValueSource(strings = {"plan", "rebalance --yes"})
    void while_it_is_counted_what_would_move_the_command_ends_at_once(String command) throws Exception {
        configure(3);
        try (Connection held = hold(0, "LOCK TABLE customers IN ACCESS EXCLUSIVE MODE")) {
            Process process = start(command.split(" "));
            readUntil(process.errorReader(), "counting what would move: .*");

            interrupt(process);

            assertThat(process.waitFor()).isEqualTo(DIED_OF_IT);
            assertThat(process.inputReader().lines()).isEmpty();
            held.rollback();
        }
        assertThat(cli.run("status").out()).containsPattern("eu-3 +new");
    }

    @Test
    void a_verification_says_that_it_stops_and_that_nothing_can_be_said_of_what_it_has_not_read() throws Exception {
        try (Connection held = hold(1, "LOCK TABLE customers IN ACCESS EXCLUSIVE MODE")) {
            Process process = start("verify");
            await().atMost(Duration.ofMinutes(1)).until(() -> somebodyWaitsFor("customers", held));

            interrupt(process);
            BufferedReader err = process.errorReader();
            readUntil(err, Pattern.quote("Stopping. Once more ends it at once, which is safe, too."));
            held.rollback();

            assertThat(process.waitFor()).isEqualTo(1);
            assertThat(process.inputReader().lines()).isEmpty();
            assertThat(err.lines())
                    .containsExactly(
                            "Stopped on request. Nothing can be said of what was not read. Repeat the command.");
        }
        assertThat(cli.run("verify").exitCode()).isZero();
    }

    @Test
    void a_rebalance_ends_after_its_chunk_even_while_another_waits_and_the_command_on_its_last_line_moves_the_rest()
            throws Exception {
        configure(3);
        try (Connection writer = hold(1, "SELECT * FROM ringshard.owned_range FOR KEY SHARE")) {
            Process process = start("rebalance", "--yes");
            BufferedReader err = process.errorReader();
            readUntil(err, "moving: [1-9][0-9,]* rows.*; waits: other work holds rows that eu-2 is to hand over");

            interrupt(process);
            readUntil(err, "Stopping after the chunks under way. Once more ends it at once, which is safe, too.");

            assertThat(process.waitFor()).isEqualTo(3);
            assertThat(String.join("\n", process.inputReader().lines().toList()))
                    .matches("(?s)Stopped on request: [1-9][0-9]* rows moved in .*"
                            + "\nThe rest stays where it is; all keys are served.\n.*"
                            + "\nNext: [^\n]* rebalance --config \\S+ --yes");
            writer.rollback();
        }
        assertThat(cli.run("verify").exitCode()).isZero();
        assertThat(cli.run("rebalance", "--yes").out()).contains("Every shard owns what it should.");
        assertThat(cli.run("verify").exitCode()).isZero();
    }

    /** A transaction of somebody else's on one of the shards. */
    private Connection hold(int shard, String sql) throws SQLException {
        Connection connection = databases.get(shard).connect();
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
        return connection;
    }

    private static boolean somebodyWaitsFor(String table, Connection held) throws SQLException {
        try (Statement statement = held.createStatement();
                ResultSet waiting = statement.executeQuery(
                        "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = '%s'::regclass AND database ="
                                        .formatted(table)
                                + " (SELECT oid FROM pg_database WHERE datname = current_database())")) {
            return waiting.next();
        }
    }

    private Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--config", directory.resolve("bank.yaml").toString()));
        Process process = new ProcessBuilder(command).start();
        processes.add(process);
        return process;
    }

    private static void interrupt(Process process) throws Exception {
        new ProcessBuilder("kill", DEAF ? "-TERM" : "-INT", String.valueOf(process.pid()))
                .start()
                .waitFor();
    }

    private static void readUntil(BufferedReader lines, String pattern) throws IOException {
        StringBuilder before = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.matches(pattern)) {
                return;
            }
            before.append(line).append('\n');
        }
        throw new AssertionError("no line " + pattern + " but\n" + before);
    }
}
