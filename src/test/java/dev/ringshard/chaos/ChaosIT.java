package dev.ringshard.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Everything fails at once, for as long as {@code ringshard.chaos.seconds} says (default 600), by the random choices of
 * {@code ringshard.chaos.seed} (default another one each time; the report names it). Run it by
 * {@code ./mvnw verify -Pchaos}.
 *
 * <p>Passing shows that no violation was met in the interleavings of this run; not that there is none in others. Killed
 * servers keep what they wrote; machines that lose power are not shown. The same seed makes the same choices, and
 * the machine's timing makes another run of them.
 */
class ChaosIT {
    private static final long SECONDS = Long.getLong("ringshard.chaos.seconds", 600);
    private static final long SEED =
            Long.getLong("ringshard.chaos.seed", new SplittableRandom().nextLong(1_000_000_000));

    /** Who makes trouble, whoever works. */
    private static final List<Actor> COMMON = List.of(
            new Actor("network", List.of(NetworkFault.values()), Duration.ofSeconds(8)),
            new Actor("servers", List.of(ServerFault.values()), Duration.ofSeconds(20)),
            new Actor("movers", List.of(MoverFault.values()), Duration.ofSeconds(1)));

    /** And where client processes work. */
    private static final List<Actor> OF_CLIENTS = List.of(
            new Actor("sleepers", List.of(SleeperFault.values()), Duration.ofSeconds(15)),
            new Actor("clients", List.of(ClientFault.values()), Duration.ofSeconds(4)));

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path directory = Path.of("");

    @Test
    void whatever_fails_each_post_is_applied_once_and_each_read_is_true() throws SQLException, IOException {
        System.out.println("Chaos for " + SECONDS + " s, seed " + SEED);
        try (Stage stage = new Stage(directory, Script.of(SEED, Duration.ofSeconds(SECONDS)))) {
            List<Actor> actors =
                    Stream.concat(COMMON.stream(), OF_CLIENTS.stream()).toList();
            stage.play(actors);

            ChaosReport report = Audit.of(stage);

            System.out.println(report.text());
            assertThat(report.violations()).isEmpty();
            assertThat(report.acknowledged())
                    .as("answers, without which nothing is shown")
                    .isGreaterThan(100);
            assertThat(report.counts()).as("who made trouble").containsKeys(names(actors));
            assertThat(report.counts().get(MoverFault.ENDED)).as("moves").containsKey(ChaosMover.MOVED);
        }
    }

    @Test
    void a_shop_that_nobody_made_for_shards_has_what_it_was_told_and_nothing_else() throws SQLException, IOException {
        System.out.println("Chaos in a shop for " + SECONDS + " s, seed " + SEED);
        try (Stage stage = new Stage(directory, Script.ofShop(SEED, Duration.ofSeconds(SECONDS)))) {
            stage.play(COMMON);

            List<Violation> violations = Audit.ofShop(stage);

            Map<String, Map<String, Long>> counts = stage.tally().counts();
            System.out.println(ChaosReport.lines(counts));
            assertThat(violations).isEmpty();
            assertThat(counts.getOrDefault("shop", Map.of()).getOrDefault(ShopClients.DONE, 0L))
                    .as("transactions, without which nothing is shown")
                    .isGreaterThan(100);
            assertThat(counts).as("who made trouble").containsKeys(names(COMMON));
            assertThat(counts.get(MoverFault.ENDED)).as("moves").containsKey(ChaosMover.MOVED);

            loseALine(stage);
            assertThat(stage.shopViolations())
                    .as("a line that got lost behind its back")
                    .hasSize(1);
        }
    }

    private static void loseALine(Stage stage) throws SQLException {
        for (StagedShard shard : stage.shards()) {
            TestDatabase database = shard.database();
            if (database.number("SELECT count(*) FROM order_lines") > 0) {
                database.execute(
                        "DELETE FROM order_lines WHERE (order_id, line) IN (SELECT order_id, max(line) FROM order_lines"
                                + " WHERE order_id NOT IN (SELECT order_id FROM returns) GROUP BY 1 LIMIT 1)");
                return;
            }
        }
    }

    private static String[] names(List<Actor> actors) {
        return actors.stream().map(Actor::name).toArray(String[]::new);
    }
}
