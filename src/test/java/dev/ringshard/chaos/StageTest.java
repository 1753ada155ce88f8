package dev.ringshard.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringshard.chaos.Outcome.Applied;
import dev.ringshard.chaos.Violation.Kind;
import dev.ringshard.testing.JavaProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The chaos suite itself, on a small scale: that it runs, ends what it started, and would notice. */
@Tag("ci")
class StageTest {
    private static final Script SCRIPT = new Script(7, Duration.ofMinutes(2), List.of(1.0), 2, 2, 0, new Population(3));

    @TempDir
    Path directory = Path.of("");

    private enum Once implements Fault {
        A_CLIENT_IS_KILLED {
            @Override
            public void strike(Stage stage, RandomGenerator random) {
                JavaProcess client = stage.clients().any(random).process();
                await().atMost(Duration.ofMinutes(2))
                        .until(() -> Files.size(stage.directory().resolve(client.name() + ".history")) > 1000);
                client.stop();
                client.kill();
                stage.clients().replaceTheDead();
                stage.end();
            }
        },
        A_HELPER_IS_LATE {
            @Override
            public void strike(Stage stage, RandomGenerator random) throws IOException {
                strikeOnce(SleeperFault.HELPER_SLEPT, stage, random);
            }
        },
        CLIENTS_ARE_LATE {
            @Override
            public void strike(Stage stage, RandomGenerator random) throws IOException {
                strikeOnce(SleeperFault.CLIENTS_SLEPT, stage, random);
            }
        };

        /** Ends the play once it has come off. */
        private static void strikeOnce(SleeperFault fault, Stage stage, RandomGenerator random) throws IOException {
            fault.strike(stage, random);
            if (stage.tally().counts().getOrDefault("sleepers", Map.of()).containsKey(fault.cameOff())) {
                stage.end();
            }
        }
    }

    @Test
    void a_killed_client_leaves_a_history_and_money_that_is_taken_away_behind_the_library_is_missed()
            throws SQLException, IOException {
        try (Stage stage = new Stage(directory, SCRIPT)) {
            assertThat(processes()).hasSize(SCRIPT.clients());
            stage.play(List.of(new Actor("killer", List.of(Once.A_CLIENT_IS_KILLED), Duration.ofMillis(1))));

            ChaosReport report = Audit.of(stage);
            assertThat(report.text()).contains("A_CLIENT_IS_KILLED 1").contains("No violation.");
            assertThat(stage.clients().histories()).hasSize(3);

            undoNewestEntry(stage, keyOfAcknowledged(stage, report));
            assertThat(Audit.of(stage).violations())
                    .extracting(Violation::kind)
                    .containsAnyOf(Kind.LOST, Kind.STALE, Kind.WRONG_ANSWER, Kind.HALF_DONE);
        }
        assertThat(processes()).isEmpty();
    }

    @Test
    void a_helper_that_finishes_a_handover_of_long_ago_does_nothing() throws SQLException, IOException {
        assertHarmless(Once.A_HELPER_IS_LATE, SleeperFault.HELPER_SLEPT);
    }

    @Test
    void clients_that_sleep_while_their_customers_move_away_read_what_is_true() throws SQLException, IOException {
        assertHarmless(Once.CLIENTS_ARE_LATE, SleeperFault.CLIENTS_SLEPT);
    }

    private void assertHarmless(Once once, SleeperFault fault) throws SQLException, IOException {
        Script script = new Script(7, Duration.ofMinutes(3), List.of(1.0, 1.0, 0.0), 1, 4, 2, new Population(20));
        try (Stage stage = new Stage(directory, script)) {
            stage.play(List.of(new Actor("sleepers", List.of(once), Duration.ofMillis(1))));

            ChaosReport report = Audit.of(stage);
            assertThat(report.text()).contains(fault.cameOff() + " 1");
            assertThat(report.violations()).isEmpty();
        }
    }

    private List<String> processes() {
        return ProcessHandle.current()
                .children()
                .flatMap(child -> child.info().commandLine().stream())
                .filter(command -> command.contains(JavaProcess.mark(directory)))
                .toList();
    }

    /** A customer whose newest entry is of something that was acknowledged: of what was not, nobody misses anything. */
    private static String keyOfAcknowledged(Stage stage, ChaosReport report) throws SQLException {
        Set<String> acknowledged = new HashSet<>();
        for (Invocation invocation : report.history().invocations()) {
            if (invocation.outcome() instanceof Applied) {
                if (invocation.operation() instanceof Operation.Post post) {
                    acknowledged.add(post.id());
                } else if (invocation.operation() instanceof Operation.Transfer transfer) {
                    acknowledged.add(transfer.id());
                }
            }
        }
        try (Connection connection = stage.shards().get(0).database().connect();
                Statement statement = connection.createStatement();
                ResultSet newest = statement.executeQuery("""
                        SELECT DISTINCT ON (customer_key) customer_key, operation_id FROM account_entries
                        ORDER BY customer_key, entry_number DESC""")) {
            while (newest.next()) {
                if (acknowledged.contains(newest.getString("operation_id"))) {
                    return newest.getString("customer_key");
                }
            }
        }
        throw new AssertionError("No customer's newest entry is of anything that was acknowledged.");
    }

    /** So cleanly that the shards are sound in themselves. */
    private static void undoNewestEntry(Stage stage, String key) throws SQLException {
        try (Connection connection = stage.shards().get(0).database().connect();
                Statement statement = connection.createStatement()) {
            statement.execute("""
                    WITH gone AS (
                        DELETE FROM account_entries WHERE customer_key = '%1$s' AND entry_number =
                            (SELECT max(entry_number) FROM account_entries WHERE customer_key = '%1$s')
                        RETURNING account, amount)
                    UPDATE customers SET
                        savings = savings - CASE account WHEN 'SAVINGS' THEN amount ELSE 0 END,
                        checking = checking - CASE account WHEN 'CHECKING' THEN amount ELSE 0 END,
                        retirement_401k = retirement_401k - CASE account WHEN 'RETIREMENT_401K' THEN amount ELSE 0 END,
                        version = version - 1
                    FROM gone WHERE customer_key = '%1$s'""".formatted(key));
        }
    }
}
