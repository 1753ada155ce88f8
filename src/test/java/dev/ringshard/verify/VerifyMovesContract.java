package dev.ringshard.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.Ringshard;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.status.Leftovers;
import dev.ringshard.status.RecoveryOutcome;
import dev.ringshard.testing.HandMover;
import dev.ringshard.testing.TestCluster;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/**
 * A cluster whose rows are on their way, or were left behind by a mover that died: no step of a move looks like damage, and
 * a recovery removes what is left over and nothing else.
 */
abstract class VerifyMovesContract extends VerifiedCluster {
    @Test
    void a_staged_copy_is_a_leftover_and_no_damage() throws SQLException {
        try (HandMover mover = cluster.moverOf(key)) {
            mover.lock();
            mover.stage();

            Verification found = ringshard.verify();

            assertSoundButFor(found);
            assertThat(found.isOk()).isFalse();
            assertThat(found.leftovers()).isEqualTo(Map.of("eu-2", new Leftovers(1, 0, 0)));
        }
    }

    @Test
    void a_handover_that_is_committed_with_its_copy_in_place_is_no_gap() throws SQLException {
        try (HandMover mover = cluster.moverOf(key)) {
            mover.lock();
            mover.stage();
            mover.handOver();

            Verification found = ringshard.verify();

            assertSoundButFor(found);
            assertThat(found.leftovers()).isEqualTo(Map.of("eu-1", new Leftovers(0, 1, 0)));
        }
    }

    @Test
    void a_handover_that_nobody_forgot_and_rows_that_nobody_deleted_are_leftovers() throws SQLException {
        try (HandMover mover = cluster.moverOf(key)) {
            mover.lock();
            mover.stage();
            mover.handOver();
            mover.activate();

            assertThat(ringshard.verify().leftovers()).isEqualTo(Map.of("eu-1", new Leftovers(0, 1, 1)));
            mover.finish();
            assertThat(ringshard.verify().leftovers()).isEqualTo(Map.of("eu-1", new Leftovers(0, 1, 0)));
            mover.purge();
            assertThat(ringshard.verify().isOk()).isTrue();
        }
    }

    @Test
    void a_handover_without_a_copy_is_a_gap() throws SQLException {
        TokenRange range = ownedRangeOf(key);
        try (HandMover mover = cluster.moverOf(key)) {
            mover.lock();
            mover.handOver(); // without staging, which no mover does

            Verification found = cluster.verifyImpatiently();

            assertSoundButFor(found, found(range));
            assertThat(found.leftovers().values())
                    .extracting(Leftovers::departed)
                    .containsExactly(1);
        }
    }

    @Test
    void no_step_of_a_move_raises_a_false_alarm() throws SQLException {
        try (HandMover mover = cluster.moverOf(key)) {
            List<Step> steps =
                    List.of(mover::lock, mover::stage, mover::handOver, mover::activate, mover::finish, mover::purge);
            for (Step step : steps) {
                step.run();
                Verification found = ringshard.verify();
                assertSoundButFor(found);
                assertAllParcelsAreThere(found);
            }
        }
    }

    private interface Step {
        void run() throws SQLException;
    }

    @Test
    void a_half_purged_range_raises_no_false_alarm() throws SQLException {
        try (HandMover mover = cluster.moverOf(key)) {
            mover.lock();
            mover.stage();
            mover.handOver();
            mover.activate();
            cluster.damage("eu-1", "DELETE FROM stamps WHERE parcel_key = '%s'".formatted(key));

            assertSoundButFor(ringshard.verify());
        }
    }

    @Test
    void writes_and_moves_to_and_fro_raise_no_false_alarm() throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(2);
        AtomicBoolean stop = new AtomicBoolean();
        CountDownLatch moved = new CountDownLatch(12);
        try (Ringshard verifying = Ringshard.open(cluster.config())) {
            Future<?> moving = executor.submit(() -> {
                while (!stop.get()) {
                    ringshard.router().refresh();
                    try (HandMover mover = cluster.moverOf(key)) {
                        mover.move();
                    }
                    moved.countDown();
                }
                return null;
            });
            Future<?> writing = executor.submit(() -> {
                while (!stop.get()) {
                    parcels.stamp(cluster.keyOn("eu-2"), UUID.randomUUID().toString(), "1.00");
                }
                return null;
            });
            while (moved.getCount() > 0 && !moving.isDone() && !writing.isDone()) {
                Verification found = verifying.verify();
                assertSoundButFor(found);
                assertAllParcelsAreThere(found);
            }
            stop.set(true);
            moving.get(30, TimeUnit.SECONDS);
            writing.get(30, TimeUnit.SECONDS);
        } finally {
            stop.set(true);
            executor.shutdownNow();
        }
    }

    @Test
    void a_rebalance_raises_no_false_alarm() throws Exception {
        ShardConfig joining = TestCluster.shard("eu-4", TestCluster.database(kind()));
        ExecutorService executor = Executors.newSingleThreadExecutor();
        try (Ringshard verifying = Ringshard.open(cluster.config().withShard(joining))) {
            Future<?> rebalancing = executor.submit(() -> {
                ringshard.addShard(joining);
                ringshard.removeShard("eu-4");
            });
            do {
                Verification found = verifying.verify();
                assertSoundButFor(found);
                assertAllParcelsAreThere(found);
            } while (!rebalancing.isDone());
            rebalancing.get(30, TimeUnit.SECONDS);
            assertThat(verifying.verify().isOk()).isTrue();
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void a_recovery_removes_leftovers_and_what_was_left_behind_and_nothing_else() throws SQLException {
        long wrong = cluster.rangeOf(key).last();
        cluster.damage("eu-1", "UPDATE parcels SET ring_token = %d WHERE parcel_key = '%s'".formatted(wrong, key));
        cluster.insertParcel("eu-3", "stray of " + key, token);
        try (HandMover mover = cluster.moverOf(cluster.keyOn("eu-2"))) { // to eu-3
            mover.lock();
            mover.stage();
            mover.handOver();
        }
        long before = ringshard.verify().extent().rows();

        RecoveryOutcome recovered = ringshard.recover();

        Verification found = ringshard.verify();
        assertThat(recovered.purged()).isEqualTo(1);
        assertThat(recovered.unreachable()).isEmpty();
        assertThat(found.leftovers()).isEmpty();
        assertThat(found.extent().rows()).isLessThan(before);
        assertAllParcelsAreThere(found);
        assertThat(found.rows().wrongTokens().examples())
                .contains(new WrongToken("eu-1", "parcels", key, wrong, OptionalLong.of(token)));
        assertThat(found.rows().misplaced().examples())
                .extracting(MisplacedRow::shard)
                .containsExactly("eu-3");
    }

    @Test
    void a_recovery_says_what_it_leaves_to_a_mover_that_lives() throws SQLException {
        try (HandMover alive = cluster.moverOf(key)) {
            alive.lock();
            alive.stage();

            assertThat(ringshard.recover()).isEqualTo(new RecoveryOutcome(0, 0, 0, 1, List.of()));

            alive.giveUp();
        }
    }

    @Test
    void a_recovery_does_what_it_can_while_a_shard_is_down_and_names_it() throws SQLException {
        try (HandMover mover = cluster.moverOf(key)) { // from eu-1 to eu-2
            mover.lock();
            mover.stage();
            mover.handOver();
            mover.activate();
        }
        ShardConfig down = ShardConfig.of("eu-3", "jdbc:postgresql://localhost:1/nowhere", "nobody", "");
        RingshardConfig config =
                cluster.config().withShard(down.withPool(down.pool().withConnectionTimeout(Duration.ofMillis(250))));
        try (Ringshard half = Ringshard.open(config)) {
            assertThat(half.recover()).isEqualTo(new RecoveryOutcome(1, 0, 1, 0, List.of("eu-3")));
        }
        assertThat(ringshard.verify().isOk()).isTrue();
    }
}
