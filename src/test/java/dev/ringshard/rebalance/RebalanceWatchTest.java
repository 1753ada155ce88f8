package dev.ringshard.rebalance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.event.RingshardListener;
import dev.ringshard.event.WatchDecision;
import dev.ringshard.event.WatchDecision.Kind;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.ring.RingStrategies;
import dev.ringshard.status.WatchStatus;
import dev.ringshard.testing.Parcel;
import dev.ringshard.testing.Parcels;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a watch decides, by looks that a test makes itself. What moves, and how, other tests show. */
class RebalanceWatchTest {
    private static final WatchSettings.Hours NIGHT =
            new WatchSettings.Hours(LocalTime.of(23, 0), LocalTime.of(4, 0), ZoneOffset.UTC);

    private final RingshardConfig config = bySize(Parcels.founded(DatabaseKind.H2, 2));
    private final List<WatchDecision> decided = new ArrayList<>();
    private final List<Ringshard> opened = new ArrayList<>();
    private final List<RebalanceWatch> watches = new ArrayList<>();
    private Instant now = Instant.parse("2026-11-28T12:00:00Z");

    private static RingshardConfig bySize(RingshardConfig founded) {
        return founded.withRing(founded.ring().withStrategy(RingStrategies.named("by-size")));
    }

    @AfterEach
    void close() {
        watches.forEach(RebalanceWatch::close);
        opened.forEach(Ringshard::close);
    }

    private Ringshard open(RingshardConfig described) {
        Ringshard cluster = Ringshard.open(described);
        opened.add(cluster);
        cluster.events().listen(new RingshardListener() {
            @Override
            public void decided(WatchDecision decision) {
                decided.add(decision);
            }
        });
        return cluster;
    }

    private RebalanceWatch watch(Ringshard cluster, WatchSettings settings) {
        RebalanceWatch watch = cluster.rebalancer().watch(settings, new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now;
            }
        });
        watches.add(watch);
        return watch;
    }

    /** Some 200 keys, all on the first shard. */
    private static void fillOne(Ringshard cluster) {
        Parcels parcels = new Parcels(cluster);
        parcels.createAll(Stream.iterate(0, i -> i + 1)
                .map(i -> "key-" + i)
                .filter(key -> cluster.router().locate(key).shard().equals("eu-1"))
                .limit(200)
                .map(key -> Parcel.of(key, "0.00"))
                .toList());
    }

    private List<Kind> kinds() {
        return decided.stream().map(WatchDecision::kind).toList();
    }

    @Test
    void rows_move_within_the_hours_only_and_then_all_is_even() {
        Ringshard cluster = open(config);
        fillOne(cluster);
        RebalanceWatch watch = watch(cluster, WatchSettings.DEFAULT.withHours(NIGHT));

        watch.look();
        assertThat(kinds()).containsExactly(Kind.OUTSIDE_HOURS);
        assertThat(decided.get(0).reason()).isEqualTo("Rows move from 23:00 to 04:00 (Z) only.");
        assertThat(cluster.rebalancer().plan().isEmpty()).isFalse();

        now = Instant.parse("2026-11-28T23:30:00Z");
        watch.look();
        watch.look();
        assertThat(kinds()).containsExactly(Kind.OUTSIDE_HOURS, Kind.REBALANCES, Kind.MOVED, Kind.EVEN);
        assertThat(decided.get(1).reason()).startsWith("The fullest shard holds 2.00 of its fair share, and will ");
        assertThat(decided.get(1).imbalance()).isEqualTo(2);
        assertThat(decided.get(3).imbalance()).isLessThan(1.05);
        assertThat(watch.isDone()).isFalse();
        assertThat(cluster.verify().isSound()).isTrue();
    }

    @Test
    void below_the_threshold_nothing_moves() {
        Ringshard cluster = open(config);
        fillOne(cluster);

        watch(cluster, WatchSettings.DEFAULT.withThreshold(2.5)).look();

        assertThat(kinds()).containsExactly(Kind.EVEN);
        assertThat(decided.get(0).reason())
                .isEqualTo("The fullest shard holds 2.00 of its fair share, and rows move from 2.50 on.");
    }

    @Test
    void a_shard_that_drains_does_not_wait_for_a_threshold() {
        Ringshard cluster =
                open(config.withShard(config.shard("eu-2").orElseThrow().withWeight(0)));

        watch(cluster, WatchSettings.DEFAULT).look();

        assertThat(kinds()).containsExactly(Kind.REBALANCES, Kind.MOVED);
        assertThat(cluster.status().isSettled()).isTrue();
    }

    @Test
    void what_passes_by_itself_is_waited_for() {
        ShardConfig away = ShardConfig.of("eu-3", "jdbc:h2:file:/dev/null/none;TRACE_LEVEL_FILE=0", "sa", "");
        RebalanceWatch watch = watch(open(config.withShard(away)), WatchSettings.DEFAULT);

        watch.look();

        assertThat(kinds()).containsExactly(Kind.WAITS);
        assertThat(decided.get(0).reason()).contains("eu-3");
        assertThat(watch.isDone()).isFalse();
    }

    @Test
    void what_is_unsound_ends_it_for_a_person_and_says_why() {
        RebalanceWatch watch = watch(open(config.withoutShard("eu-2")), WatchSettings.DEFAULT);

        watch.look();

        assertThat(kinds()).containsExactly(Kind.STOPPED);
        assertThat(watch.isDone()).isTrue();
        assertThatThrownBy(watch::await)
                .isInstanceOf(ForeignShardException.class)
                .hasMessageContaining("eu-2");
    }

    @Test
    void whoever_looks_from_elsewhere_sees_what_it_decided_and_why_until_it_ends_on_request() {
        Ringshard cluster = open(config);
        Ringshard elsewhere = open(config);
        assertThat(elsewhere.status().watches()).isEmpty();
        RebalanceWatch watch = watch(cluster, WatchSettings.DEFAULT.withHours(NIGHT));
        watch.look();

        await().until(() -> watches(elsewhere).size() == 1);
        WatchStatus seen = watches(elsewhere).get(0);
        assertThat(seen.decision()).isEqualTo(decided.get(0));
        assertThat(seen.instance())
                .endsWith("(process %d)".formatted(ProcessHandle.current().pid()));
        assertThat(seen.isWell()).isTrue();

        now = Instant.parse("2026-11-28T23:30:00Z");
        watch.look();
        await().until(() -> watches(elsewhere).get(0).decision().kind() == Kind.EVEN);

        watch.close();
        assertThat(watches(elsewhere)).isEmpty();
    }

    @Test
    void that_it_stopped_for_a_person_stays_on_record_until_the_next_one_begins() {
        Ringshard cluster = open(config.withoutShard("eu-2"));
        try (RebalanceWatch watch = watch(cluster, WatchSettings.DEFAULT)) {
            watch.look();
        }

        Ringshard elsewhere = open(config);
        assertThat(watches(elsewhere)).singleElement().satisfies(stopped -> {
            assertThat(stopped.hasStopped()).isTrue();
            assertThat(stopped.decision().reason()).contains("eu-2");
        });

        try (RebalanceWatch next = watch(elsewhere, WatchSettings.DEFAULT)) {
            next.look();
            await().until(() -> watches(elsewhere).stream().allMatch(WatchStatus::isWell));
            assertThat(watches(elsewhere)).hasSize(1);
        }
    }

    @Test
    void a_shard_that_is_down_misses_it_and_hinders_neither_the_watch_nor_its_end() {
        ShardConfig away = ShardConfig.of("eu-3", "jdbc:h2:file:/dev/null/none;TRACE_LEVEL_FILE=0", "sa", "");
        Ringshard cluster = open(config.withShard(away));
        Ringshard elsewhere = open(config);
        try (RebalanceWatch watch = watch(cluster, WatchSettings.DEFAULT)) {
            watch.look();
            await().until(() -> watches(elsewhere).size() == 1);
            assertThat(watches(elsewhere).get(0).decision().kind()).isEqualTo(Kind.WAITS);
        }
        assertThat(watches(elsewhere)).isEmpty();
    }

    private static List<WatchStatus> watches(Ringshard cluster) {
        return cluster.status().watches();
    }

    @Test
    void a_watch_that_is_started_looks_by_itself_until_it_is_closed() {
        Ringshard cluster = open(config);

        RebalanceWatch watch = cluster.rebalancer().watch(WatchSettings.DEFAULT);
        assertThat(watch.isDone()).isFalse();

        watch.close();

        watch.await();
        assertThat(watch.isDone()).isTrue();
    }

    @Test
    void hours_go_over_midnight_and_are_written_as_two_times() {
        assertThat(NIGHT.contain(at("23:00"))).isTrue();
        assertThat(NIGHT.contain(at("03:59"))).isTrue();
        assertThat(NIGHT.contain(at("04:00"))).isFalse();
        assertThat(NIGHT.contain(at("12:00"))).isFalse();
        WatchSettings.Hours day = WatchSettings.Hours.parse("09:00-17:30");
        assertThat(day.from()).isEqualTo(LocalTime.of(9, 0));
        assertThat(day.until()).isEqualTo(LocalTime.of(17, 30));
        for (String wrong : List.of("9-17", "09:00", "09:00-09:00", "09:00-10:00-11:00", "25:00-26:00")) {
            assertThatThrownBy(() -> WatchSettings.Hours.parse(wrong))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("Nothing was moved.");
        }
        assertThatThrownBy(() -> WatchSettings.DEFAULT.withThreshold(1))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("1.05 or more");
        assertThatThrownBy(() -> WatchSettings.DEFAULT.withEvery(Duration.ZERO))
                .isInstanceOf(InvalidInputException.class);
    }

    private static ZonedDateTime at(String time) {
        return ZonedDateTime.of(LocalDate.of(2026, 11, 28), LocalTime.parse(time), ZoneOffset.UTC);
    }
}
