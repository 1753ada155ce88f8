package dev.ringshard.chaos;

import dev.ringshard.config.RingshardConfig;
import dev.ringshard.failure.Remedy;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.ownership.Finisher;
import dev.ringshard.ownership.HandoverSource;
import dev.ringshard.ownership.HandoverSource.Committed;
import dev.ringshard.rebalance.RebalancePlan;
import dev.ringshard.rebalance.RebalanceReport;
import dev.ringshard.rebalance.Rebalancer;
import dev.ringshard.rebalance.Rebalancers;
import dev.ringshard.shard.Shard;
import dev.ringshard.shard.ShardTransaction;
import dev.ringshard.shard.Shards;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A mover as a process of its own, which waits for {@link MoverOrders}. Says {@code planned} before it moves anything,
 * {@code asleep} when it stops where it was told to, until it is told anything; and in the end {@code moved},
 * {@code moved nothing}, {@code finished}, {@code finished nothing}, {@code failed} and why, or {@code wrong} and what, if no fault explains that.
 */
final class ChaosMover {
    static final String PLANNED = "planned";
    static final String ASLEEP = "asleep";
    static final String WRONG = "wrong";

    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Set<Remedy> EXPLAINED =
            Set.of(Remedy.RETRY_LATER, Remedy.REFRESH_AND_RETRY, Remedy.ASK_FOR_OUTCOME);

    private final Instructions instructions;

    private ChaosMover(Instructions instructions) {
        this.instructions = instructions;
    }

    public static void main(String[] arguments) throws InterruptedException {
        Instructions instructions = Instructions.listen();
        while (true) {
            MoverOrders orders = MoverOrders.parse(instructions.take());
            System.out.println(new ChaosMover(instructions).follow(orders));
        }
    }

    private String follow(MoverOrders orders) {
        RingshardConfig config = RingshardConfig.load(Path.of(orders.config()));
        try (Shards shards = Shards.open(config.shards())) {
            return orders.onlyFinishes()
                    ? finish(config, shards, shards.get(orders.finishes()))
                    : rebalance(orders, config, shards);
        } catch (RingshardException failure) {
            if (EXPLAINED.contains(failure.remedy())) {
                return "failed " + failure.getClass().getSimpleName();
            }
            failure.printStackTrace();
            return WRONG + " " + failure;
        } catch (RuntimeException failure) {
            failure.printStackTrace();
            return WRONG + " " + failure;
        }
    }

    private String rebalance(MoverOrders orders, RingshardConfig config, Shards shards) {
        AtomicInteger met = new AtomicInteger();
        Rebalancer rebalancer = Rebalancers.watched(config, shards, step -> {
            if (step.equals(orders.sleepsBefore()) && met.incrementAndGet() == orders.time()) {
                sleep();
            }
        });
        RebalancePlan plan = rebalancer.plan();
        System.out.println(PLANNED);
        RebalanceReport report = rebalancer.run(plan, orders.settings(), progress -> {});
        if (!report.complete()) {
            return WRONG + ": it says that it is not complete, and was not told to stop";
        }
        return report.movedRows() > 0 ? "moved" : "moved nothing";
    }

    private void sleep() {
        System.out.println(ASLEEP);
        try {
            instructions.take();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** What a router does that meets a handover half-done; sleeps between looking and doing. Looks for one for a while. */
    private String finish(RingshardConfig config, Shards shards, Shard source) {
        long began = System.nanoTime();
        while (System.nanoTime() - began < PATIENCE.toNanos()) {
            List<Committed> committed = committed(source);
            if (committed.stream().anyMatch(handover -> handover.rows() > 0)) {
                sleep();
                finish(config, shards, source, committed);
                return "finished";
            }
        }
        return "finished nothing";
    }

    private static List<Committed> committed(Shard source) {
        return Objects.requireNonNull(source.snapshot(looking -> HandoverSource.committed(looking.dsl())));
    }

    private static void finish(RingshardConfig config, Shards shards, Shard source, List<Committed> committed) {
        String name = committed.get(0).target();
        List<Committed> ofOneTarget = committed.stream()
                .filter(handover -> handover.target().equals(name))
                .toList();
        try (ShardTransaction target = Finisher.begin(shards.get(name), config.cluster(), LOCK_TIMEOUT)) {
            Finisher.activate(target, ofOneTarget);
        }
        Finisher.forget(source, ofOneTarget, Optional.empty());
    }
}
