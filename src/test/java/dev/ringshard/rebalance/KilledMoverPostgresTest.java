package dev.ringshard.rebalance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.Joining;
import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.DatabaseSource.Jdbc;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.internal.handover.HandoverStep;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.testing.JavaProcess;
import dev.ringshard.testing.OpenCluster;
import dev.ringshard.testing.Parcel;
import dev.ringshard.testing.Parcels;
import dev.ringshard.testing.TestCluster;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A mover in a JVM of its own that is killed, or frozen, while it moves rows to a third shard. Here the server lives on
 * and forgets nothing; a mover and servers that die together are the chaos suite's.
 */
@Tag("ci")
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class KilledMoverPostgresTest {
    private static final int PARCELS = 60;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** Less than a mover's frozen session may last, with room for a busy machine, and for what follows it. */
    private static final Duration PATIENCE_OF_WRITERS = Duration.ofSeconds(60);

    private final OpenCluster cluster =
            OpenCluster.ofParcels(List.of(DatabaseKind.POSTGRESQL, DatabaseKind.POSTGRESQL));
    private final ShardConfig third = TestCluster.shard("eu-3", TestCluster.database(DatabaseKind.POSTGRESQL));
    private final Parcels parcels = new Parcels(cluster.ringshard());

    @TempDir
    Path directory = Path.of("");

    KilledMoverPostgresTest() throws SQLException {}

    @BeforeEach
    void create() throws SQLException, IOException {
        cluster.watch(third);
        parcels.createAll(IntStream.range(0, PARCELS)
                .mapToObj(i -> Parcel.of(key(i), "100.00"))
                .toList());
        Files.write(directory.resolve("ringshard.yaml"), yaml());
    }

    @AfterEach
    void everythingIsSoundInTheEnd() throws SQLException {
        try (Ringshard ringshard = Ringshard.open(bigger());
                Shards shards = Shards.open(bigger().shards())) {
            Rebalancer rebalancer = new Rebalancer(bigger(), shards, Joining.of(bigger()));
            rebalancer.run(rebalancer.plan(), progress -> {});
            assertThat(rebalancer.plan().isEmpty()).isTrue();
            assertThat(ringshard.status().leftovers()).isZero();
            assertThat(new Parcels(ringshard).count()).isEqualTo(PARCELS);
        }
        cluster.assertSound();
        cluster.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"COMMIT_STAGED", "HAND_OVER", "ACTIVATE", "FINISH"})
    void a_mover_is_killed_before_a_step_and_everybody_is_served_all_the_same(HandoverStep step) {
        try (JavaProcess mover = start(step)) {
            assertSays(MoverProcess.REACHED, mover);
            mover.kill();
        }
        try (Ringshard ringshard = Ringshard.open(bigger())) {
            everybodyIsServed(new Parcels(ringshard));
        }
    }

    @Test
    void a_frozen_mover_holds_writers_no_longer_than_its_session_lasts_and_changes_nothing_when_it_wakes() {
        try (JavaProcess mover = start(HandoverStep.HAND_OVER);
                Ringshard ringshard = Ringshard.open(bigger())) {
            assertSays(MoverProcess.REACHED, mover);
            mover.stop();
            long begun = System.nanoTime();
            everybodyIsServed(new Parcels(ringshard));
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(PATIENCE_OF_WRITERS);
            BigDecimal before = new Parcels(ringshard).totals().postage();

            mover.resume();
            mover.tell("go on");

            assertSays(MoverProcess.DONE, mover); // it finds its session gone, and goes on with a new one
            assertThat(new Parcels(ringshard).totals().postage()).isEqualByComparingTo(before);
        }
    }

    private static void everybodyIsServed(Parcels parcels) {
        for (int i = 0; i < PARCELS; i++) {
            BigDecimal before = parcels.postage(key(i));
            parcels.stamp(key(i), UUID.randomUUID().toString(), "1.00");
            assertThat(parcels.postage(key(i))).isEqualByComparingTo(before.add(BigDecimal.ONE));
        }
    }

    private JavaProcess start(HandoverStep step) {
        return MoverProcess.start(
                "mover", directory.resolve("ringshard.yaml"), step, 1, RebalanceSettings.DEFAULT.chunkRows());
    }

    private static void assertSays(String expected, JavaProcess mover) {
        assertThat(mover.nextLine(PATIENCE)).as(mover::complaints).contains(expected);
    }

    private RingshardConfig bigger() {
        return cluster.config().withShard(third);
    }

    private List<String> yaml() {
        List<String> yaml = new ArrayList<>(List.of("cluster: parcels", Parcels.YAML, "shards:"));
        for (ShardConfig shard : bigger().shards()) {
            if (shard.source() instanceof Jdbc jdbc) {
                yaml.add("  - { name: %s, url: \"%s\", user: \"%s\", password: \"%s\" }"
                        .formatted(
                                shard.name(),
                                jdbc.url(),
                                jdbc.user(),
                                jdbc.password().reveal()));
            }
        }
        return yaml;
    }

    private static String key(int number) {
        return "p-" + number;
    }
}
