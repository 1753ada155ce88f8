package dev.ringshard.internal.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.event.WatchDecision;
import dev.ringshard.event.WatchDecision.Kind;
import dev.ringshard.internal.schema.Migrations;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.status.WatchStatus;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a shard is told of watches, and who forgets it. */
abstract class RebalanceWatchTableContract {
    private final TestDatabase database = TestCluster.database(kind());
    private final Shards shards = Shards.open(List.of(TestCluster.shard("eu-1", database)));
    private final Shard shard = shards.get("eu-1");

    abstract DatabaseKind kind();

    @BeforeEach
    void migrate() {
        Migrations.migrate(shard);
    }

    @AfterEach
    void close() {
        shards.close();
    }

    @Test
    void a_watch_is_told_by_its_newest_word_with_ages_by_the_shards_clock() {
        assertThat(told()).isEmpty();
        tell(watch("a", Kind.OUTSIDE_HOURS, Duration.ofHours(5)));
        tell(watch("a", Kind.WAITS, Duration.ofHours(6)));

        assertThat(told()).singleElement().satisfies(watch -> {
            assertThat(watch.instance()).isEqualTo("host a");
            assertThat(watch.decision()).isEqualTo(new WatchDecision(Kind.WAITS, 1.25, "Because of WAITS."));
            assertThat(watch.ages().started()).isBetween(Duration.ofHours(6), Duration.ofMinutes(361));
            assertThat(watch.ages().decided()).isBetween(Duration.ofSeconds(40), Duration.ofMinutes(1));
            assertThat(watch.ages().looked()).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(39));
            assertThat(watch.ages().heard()).isBetween(Duration.ZERO, Duration.ofSeconds(19));
            assertThat(watch.isWell()).isTrue();
        });

        shard.transaction(writing -> {
            RebalanceWatchTable.forget(writing.dsl(), "a");
            return true;
        });
        assertThat(told()).isEmpty();
    }

    @Test
    void one_that_begins_takes_away_what_stopped_and_silent_ones_left_and_no_other() throws SQLException {
        tell(watch("stopped", Kind.STOPPED, Duration.ofHours(9)));
        tell(watch("silent", Kind.EVEN, Duration.ofHours(9)));
        tell(watch("well", Kind.EVEN, Duration.ofHours(9)));
        age("silent", 3);
        assertThat(told().stream().filter(WatchStatus::isSilent))
                .extracting(WatchStatus::id)
                .containsExactly("silent");
        assertThat(told().stream().filter(WatchStatus::hasStopped))
                .extracting(WatchStatus::id)
                .containsExactly("stopped");

        tell(watch("older", Kind.EVEN, Duration.ofHours(1)));
        assertThat(told())
                .as("an older one goes on beside them")
                .extracting(WatchStatus::id)
                .contains("silent", "stopped");

        tell(watch("newer", Kind.EVEN, Duration.ZERO));
        assertThat(told()).extracting(WatchStatus::id).containsExactlyInAnyOrder("well", "older", "newer");
    }

    @Test
    void a_reason_that_is_too_long_is_cut() {
        tell(new WatchStatus(
                "a",
                "h".repeat(500),
                new WatchDecision(Kind.STOPPED, 1, "long ".repeat(2_000)),
                new WatchStatus.Ages(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO)));

        assertThat(told()).singleElement().satisfies(watch -> {
            assertThat(watch.instance()).hasSize(300);
            assertThat(watch.decision().reason()).hasSize(4_000).endsWith("…");
        });
    }

    /** Before the tests' clock and the shard's have gone on. */
    private static WatchStatus watch(String id, Kind kind, Duration age) {
        return new WatchStatus(
                id,
                "host " + id,
                new WatchDecision(kind, 1.25, "Because of " + kind + "."),
                new WatchStatus.Ages(age, Duration.ofSeconds(40), Duration.ofSeconds(20), Duration.ZERO));
    }

    private void age(String id, int minutes) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "UPDATE ringshard.rebalance_watch SET told_at = told_at - INTERVAL '%d' MINUTE WHERE watch_id = '%s'"
                            .formatted(minutes, id));
        }
    }

    private void tell(WatchStatus watch) {
        shard.transaction(writing -> {
            RebalanceWatchTable.tell(writing.dsl(), watch);
            return true;
        });
    }

    private List<WatchStatus> told() {
        return shard.snapshot(reading -> RebalanceWatchTable.all(reading.dsl()));
    }
}
