package dev.ringshard.rebalance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.ring.Pins;
import dev.ringshard.ring.RingStrategies;
import dev.ringshard.status.ClusterStatus;
import dev.ringshard.status.ClusterStatus.ShardStatus;
import dev.ringshard.testing.Parcel;
import dev.ringshard.testing.Parcels;
import dev.ringshard.testing.TestCluster;
import java.sql.PreparedStatement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The strategy {@code by-size} on databases: four shards whose keys have rows as Zipf says, the first twice as many as the second. What
 * it does not show: samples of large tables, see {@link ShardRowsPostgresTest}, and many clusters, see {@code BySizeTest}.
 */
abstract class BySizeContract {
    private static final int KEYS = 100;
    private static final int ROWS_OF_THE_FIRST = 200;

    private final DatabaseKind kind;
    private RingshardConfig config;

    BySizeContract(DatabaseKind kind) {
        this.kind = kind;
        RingshardConfig founded = Parcels.founded(kind, 4);
        this.config = founded.withRing(founded.ring().withStrategy(RingStrategies.named("by-size")));
    }

    @BeforeEach
    void fill() {
        try (Ringshard cluster = Ringshard.open(config)) {
            new Parcels(cluster)
                    .createAll(IntStream.rangeClosed(1, KEYS)
                            .mapToObj(i -> Parcel.of(key(i), "0.00"))
                            .toList());
            IntStream.rangeClosed(1, KEYS).forEach(i -> stamp(cluster, key(i), ROWS_OF_THE_FIRST / i));
        }
    }

    private static String key(int rank) {
        return "tenant-" + rank;
    }

    private static void stamp(Ringshard cluster, String key, int rows) {
        cluster.router().transaction(key, transaction -> {
            try (PreparedStatement stamp = transaction
                    .connection()
                    .prepareStatement("INSERT INTO stamps (parcel_key, stamp, amount) VALUES (?, ?, 0)")) {
                for (int i = 0; i < rows; i++) {
                    stamp.setString(1, key);
                    stamp.setString(2, "more-" + i);
                    stamp.addBatch();
                }
                return stamp.executeBatch().length;
            }
        });
    }

    @Test
    void the_fullest_shard_is_brought_to_at_most_1_10_of_its_fair_share_and_a_second_plan_is_empty() {
        try (Ringshard cluster = Ringshard.open(config)) {
            RebalancePlan plan = cluster.rebalancer().plan();
            assertThat(plan.balance().peakBefore()).isGreaterThan(1.10);
            assertThat(plan.balance().peakAfter()).isLessThanOrEqualTo(1.10);
            assertThat(plan.balance().isSampled()).isFalse();

            assertThat(cluster.rebalancer().run(plan, progress -> {}).complete())
                    .isTrue();

            Map<String, Long> held = held(cluster.status());
            double mean =
                    held.values().stream().mapToLong(rows -> rows).average().orElseThrow();
            assertThat(held).allSatisfy((shard, rows) -> assertThat(rows / mean).isLessThanOrEqualTo(1.10));
            plan.balance().shards().forEach(shard -> assertThat(held.get(shard.shard()))
                    .isEqualTo(shard.after()));
            assertThat(cluster.rebalancer().plan().isEmpty()).isTrue();
            assertThat(cluster.status().isSettled()).isTrue();
            assertThat(cluster.verify().isSound()).isTrue();
        }
    }

    @Test
    void the_ten_heaviest_keys_are_named_with_where_they_are() {
        try (Ringshard cluster = Ringshard.open(config)) {
            List<HeavyKey> heaviest = cluster.rebalancer().plan().balance().heaviest();

            assertThat(heaviest).extracting(HeavyKey::key).startsWith(Optional.of(key(1)), Optional.of(key(2)));
            assertThat(heaviest).hasSize(10).allSatisfy(key -> assertThat(key.shard())
                    .isEqualTo(cluster.router().locate(key.key().orElseThrow()).shard()));
            assertThat(heaviest.get(0).rows()).isEqualTo(1 + ROWS_OF_THE_FIRST);
            assertThat(cluster.rebalancer().plan().balance().aboveShare()).isEmpty();
        }
    }

    @Test
    void a_key_above_a_fair_share_is_alone_on_its_shard_and_the_others_share_the_rest() {
        try (Ringshard cluster = Ringshard.open(config)) {
            makeGiant(cluster);
            RebalancePlan plan = cluster.rebalancer().plan();
            HeavyKey giant = plan.balance().aboveShare().get(0);

            cluster.rebalancer().run(plan, progress -> {});

            Map<String, Long> held = held(cluster.status());
            assertThat(giant.key()).contains("giant");
            assertThat((double) held.getOrDefault(giant.shard(), 0L)).isLessThanOrEqualTo(1.03 * giant.rows());
            assertThat(plan.balance().peakAfter()).isBetween(giant.ofFairShare(), 1.03 * giant.ofFairShare());
            held.remove(giant.shard());
            double mean =
                    held.values().stream().mapToLong(rows -> rows).average().orElseThrow();
            assertThat(held).allSatisfy((shard, rows) -> assertThat(rows / mean).isLessThanOrEqualTo(1.10));
            assertThat(cluster.rebalancer().plan().isEmpty()).isTrue();
        }
    }

    private static void makeGiant(Ringshard cluster) {
        new Parcels(cluster).create(Parcel.of("giant", "0.00"));
        stamp(cluster, "giant", 1_000);
    }

    @Test
    void a_pinned_giant_on_a_reserved_shard_leaves_the_others_even() {
        try (Ringshard cluster = Ringshard.open(config)) {
            makeGiant(cluster);
        }
        config = config.withShard(config.shard("eu-4").orElseThrow().withWeight(0))
                .withPins(Pins.NONE.with("giant", "eu-4"));
        try (Ringshard cluster = Ringshard.open(config)) {
            RebalancePlan plan = cluster.rebalancer().plan();
            cluster.rebalancer().run(plan, progress -> {});

            Map<String, Long> held = held(cluster.status());
            assertThat(held.remove("eu-4")).isEqualTo(1_001);
            double mean =
                    held.values().stream().mapToLong(rows -> rows).average().orElseThrow();
            assertThat(held).allSatisfy((shard, rows) -> assertThat(rows / mean).isLessThanOrEqualTo(1.10));
            assertThat(plan.balance().peakAfter()).isLessThanOrEqualTo(1.10);
            assertThat(cluster.rebalancer().plan().isEmpty()).isTrue();
            assertThat(cluster.status().isSettled()).isTrue();
        }
    }

    @Test
    void a_shard_that_joins_gets_its_share_and_one_that_drains_gives_all() {
        config = config.withShard(TestCluster.shard("eu-5", TestCluster.database(kind)))
                .withShard(config.shard("eu-2").orElseThrow().withWeight(0));
        try (Ringshard cluster = Ringshard.open(config)) {
            RebalancePlan plan = cluster.rebalancer().plan();
            cluster.rebalancer().run(plan, progress -> {});

            Map<String, Long> held = held(cluster.status());
            assertThat(held.remove("eu-2")).isZero();
            double mean =
                    held.values().stream().mapToLong(rows -> rows).average().orElseThrow();
            assertThat(held).allSatisfy((shard, rows) -> assertThat(rows / mean).isBetween(0.75, 1.10));
            assertThat(cluster.rebalancer().plan().isEmpty()).isTrue();
            assertThat(cluster.status().isSettled()).isTrue();
        }
    }

    /** Counted by the databases, as the tables are small. */
    private static Map<String, Long> held(ClusterStatus status) {
        return status.shards().stream().collect(Collectors.toMap(ShardStatus::name, shard -> shard.allRows()
                .orElse(0)));
    }
}
