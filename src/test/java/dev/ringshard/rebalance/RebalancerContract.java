package dev.ringshard.rebalance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.event.MovedChunk;
import dev.ringshard.event.RingshardListener;
import dev.ringshard.failure.StaleVersionException;
import dev.ringshard.internal.handover.HandoverStep;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.ring.RingStrategies;
import dev.ringshard.testing.Parcels;
import dev.ringshard.testing.Threads;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What becomes of plans. Movers die by an exception. */
abstract class RebalancerContract extends GrowingCluster {
    RebalancerContract(DatabaseKind founders, DatabaseKind joining) throws SQLException {
        super(founders, joining);
    }

    @Test
    void a_shard_joins_and_gets_exactly_the_rows_of_the_plan() {
        Rebalancer rebalancer = rebalancer(bigger());
        RebalancePlan plan = rebalancer.plan();
        List<RebalanceProgress> told = Collections.synchronizedList(new ArrayList<>());

        RebalanceReport report = rebalancer.run(plan, SMALL, told::add);

        assertThat(report.complete()).isTrue();
        assertThat(report.joined()).containsExactly("eu-3");
        assertThat(report.movedRows()).isEqualTo(plan.rows()).isPositive();
        assertThat(report.writePauses().chunks()).isPositive();
        assertThat(report.writePauses().longest())
                .isGreaterThanOrEqualTo(report.writePauses().median());
        RebalanceProgress last = told.get(told.size() - 1);
        assertThat(last.doneRows()).isEqualTo(plan.rows());
        assertThat(last.doneShare()).isEqualTo(1, within(1e-9));
        assertThat(last.shares())
                .hasEntrySatisfying("eu-3", share -> assertThat(share).isEqualTo(1 / 3.0, within(1e-9)));
        assertThat(rebalancer.plan().isEmpty()).isTrue();
        assertThat(rebalancer(drained("eu-1")).plan().speed().measured()).isTrue();
        everybodyIsServedByARouterThatKnowsTheThird();
    }

    @Test
    void the_first_chunk_of_a_transfer_has_no_rows_and_makes_nobody_wait() {
        List<MovedChunk> moved = Collections.synchronizedList(new ArrayList<>());
        Shards shards = open(bigger());
        shards.events().listen(new RingshardListener() {
            @Override
            public void handedOver(MovedChunk chunk) {
                moved.add(chunk);
            }
        });
        Rebalancer rebalancer = rebalancer(bigger(), shards, step -> {});

        RebalanceReport report = rebalancer.run(rebalancer.plan(), SMALL.withParallel(1), progress -> {});

        assertThat(moved.get(0).rows()).isZero();
        assertThat(moved)
                .allSatisfy(chunk -> assertThat(chunk.writePause().isPresent()).isEqualTo(chunk.rows() > 0));
        assertThat(report.writePauses().chunks())
                .isEqualTo(moved.stream().filter(chunk -> chunk.rows() > 0).count());
    }

    /** It asks the shards one after the other: one just before a handover, and the other just after. */
    @Test
    void a_router_that_looks_again_and_again_while_rows_move_takes_no_handover_for_a_contradiction() throws Exception {
        AtomicBoolean isOver = new AtomicBoolean();
        CountDownLatch looks = new CountDownLatch(1);
        try (Ringshard other = Ringshard.open(bigger())) {
            CompletableFuture<Integer> looking = CompletableFuture.supplyAsync(() -> {
                int number = 0;
                while (!isOver.get()) {
                    other.router().refresh();
                    looks.countDown();
                    assertThat(new Parcels(other).find(key(number++ % 10))).isPresent();
                    new Parcels(other).count();
                }
                return number;
            });
            await(looks);
            Rebalancer rebalancer = rebalancer(bigger());
            try {
                rebalancer.run(rebalancer.plan(), SMALL, progress -> {});
                Rebalancer back = rebalancer(drained("eu-1"));
                back.run(back.plan(), SMALL, progress -> {});
            } finally {
                isOver.set(true);
            }
            assertThat(looking.get(1, TimeUnit.MINUTES)).isPositive();
        }
    }

    @Test
    void weight_0_drains_a_shard_which_may_then_be_left_out() throws SQLException {
        join();
        RingshardConfig drained = drained("eu-2");

        Rebalancer rebalancer = rebalancer(drained);
        rebalancer.run(rebalancer.plan(), SMALL, progress -> {});

        assertThat(owned(drained).get("eu-2")).isEmpty();
        RingshardConfig without = drained.withoutShard("eu-2");
        assertThat(rebalancer(without).plan().isEmpty()).isTrue();
        try (Ringshard ringshard = Ringshard.open(without)) {
            assertThat(new Parcels(ringshard).count()).isEqualTo(PARCELS);
        }
        cluster.assertSound();
    }

    @Test
    void another_weight_and_another_strategy_move_what_they_ask_for() {
        RingshardConfig heavier =
                cluster.config().withShard(cluster.config().shards().get(1).withWeight(3));
        Rebalancer rebalancer = rebalancer(heavier);
        rebalancer.run(rebalancer.plan(), SMALL, progress -> {});
        assertThat(rebalancer.plan().shares().get(1).before()).isGreaterThan(0.67);

        RingshardConfig classic = new RingshardConfig(
                heavier.cluster(),
                heavier.ring().withStrategy(RingStrategies.named("vnodes")),
                heavier.shards(),
                heavier.routingTimeout(),
                Optional.empty(),
                heavier.tables(),
                heavier.bank(),
                heavier.hasOutbox());
        Rebalancer other = rebalancer(classic);
        RebalancePlan plan = other.plan();
        other.run(plan, SMALL, progress -> {});
        assertThat(other.plan().actual()).isEqualTo(plan.target().merged());
        assertThat(plan.strategy()).isEqualTo("vnodes");
    }

    /** One after the other on the same cluster, so that each mover also finds what the one before has left. */
    @Test
    void movers_die_before_each_step_of_their_second_chunk_and_running_it_again_ends_the_same() {
        RebalanceSettings chunks = SMALL.withChunkRows(4).withParallel(1);
        for (HandoverStep fatal : HandoverStep.values()) {
            Rebalancer dying = rebalancer(bigger(), dyingBefore(fatal, 2));
            RebalancePlan plan = dying.plan();
            assertThatThrownBy(() -> dying.run(plan, chunks, progress -> {}))
                    .as("before %s", fatal)
                    .isInstanceOf(Died.class);

            everybodyIsServedByARouterThatKnowsTheThird();
        }

        Rebalancer again = rebalancer(bigger());
        RebalancePlan rest = again.plan();
        assertThat(rest.isEmpty()).isFalse();
        again.run(rest, SMALL, progress -> {});
        assertThat(again.plan().isEmpty()).isTrue();
        assertThat(again.plan().shares().get(2).before()).isGreaterThan(0.29);
        everybodyIsServedByARouterThatKnowsTheThird();
    }

    @Test
    void two_movers_at_once_do_no_harm_and_finish() {
        List<RebalanceReport> reports = Threads.atOnce(2, thread -> {
            Shards ofThisProcess = open(bigger());
            while (true) {
                try {
                    Rebalancer rebalancer = rebalancer(bigger(), ofThisProcess, step -> {});
                    return rebalancer.run(rebalancer.plan(), SMALL, progress -> {});
                } catch (StaleVersionException overtaken) {
                    // a new plan, from what the other has moved so far
                }
            }
        });

        assertThat(reports).allSatisfy(report -> assertThat(report.complete()).isTrue());
        assertThat(rebalancer(bigger()).plan().isEmpty()).isTrue();
        everybodyIsServedByARouterThatKnowsTheThird();
    }

    @Test
    void a_rebalance_can_be_paused_resumed_and_cancelled_between_chunks() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Rebalancer rebalancer = rebalancer(bigger(), step -> {
            if (step == HandoverStep.FINISH) {
                begun.countDown();
                await(goOn);
            }
        });
        RebalancePlan plan = rebalancer.plan();
        Rebalancing running = rebalancer.start(plan, SMALL.withParallel(1), progress -> {});
        begun.await();
        running.pause();
        assertThat(running.isPaused()).isTrue();
        goOn.countDown();
        assertThat(running.isDone()).isFalse();

        running.cancel();
        RebalanceReport report = running.await();

        assertThat(report.complete()).isFalse();
        assertThat(report.movedRows()).isLessThan(plan.rows());
        everybodyIsServedByARouterThatKnowsTheThird();
        Rebalancer again = rebalancer(bigger());
        assertThat(again.plan().isEmpty()).isFalse();
        assertThat(again.run(again.plan(), progress -> {}).complete()).isTrue();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void why_nothing_moves_is_told_until_something_does() {
        Rebalancer rebalancer = rebalancer(bigger());
        RebalancePlan plan = rebalancer.plan();
        String moving = IntStream.range(0, PARCELS)
                .mapToObj(GrowingCluster::key)
                .filter(key -> moves(plan).stream().anyMatch(move -> move.range()
                        .contains(cluster.ringshard().router().token(key))))
                .findFirst()
                .orElseThrow();
        List<RebalanceProgress> told = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch waits = new CountDownLatch(4);

        Rebalancing running = cluster.ringshard().router().transaction(moving, held -> {
            Rebalancing started = rebalancer.start(plan, SMALL.withParallel(1), progress -> {
                told.add(progress);
                progress.waitsFor().ifPresent(reason -> waits.countDown());
            });
            await(waits);
            return started;
        });

        assertThat(running.await().complete()).isTrue();
        assertThat(told.stream().flatMap(progress -> progress.waitsFor().stream()))
                .hasSizeGreaterThanOrEqualTo(4)
                .allMatch(reason -> reason.startsWith("other work holds rows that eu-"));
        assertThat(told.get(told.size() - 1).waitsFor()).isEmpty();
    }

    private static final class Died extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static Consumer<HandoverStep> dyingBefore(HandoverStep fatal, int time) {
        AtomicInteger met = new AtomicInteger();
        return step -> {
            if (step == fatal && met.incrementAndGet() == time) {
                throw new Died();
            }
        };
    }

    private void everybodyIsServedByARouterThatKnowsTheThird() {
        try (Ringshard ringshard = Ringshard.open(bigger())) {
            Parcels served = new Parcels(ringshard);
            for (int i = 0; i < PARCELS; i += 3) {
                BigDecimal before = served.postage(key(i));
                served.stamp(key(i), UUID.randomUUID().toString(), "1.00");
                assertThat(served.postage(key(i))).isEqualByComparingTo(before.add(BigDecimal.ONE));
            }
            assertThat(served.count()).isEqualTo(PARCELS);
        }
    }
}
