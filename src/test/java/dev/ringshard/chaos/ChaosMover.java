package dev.ringshard.chaos;

import static dev.ringshard.generated.ringshard.Tables.INCOMING_RANGE;

import dev.ringshard.config.RingshardConfig;
import dev.ringshard.failure.Remedy;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.internal.handover.Finisher;
import dev.ringshard.internal.ownership.CommittedHandover;
import dev.ringshard.internal.ownership.HandoverTable;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.ShardTransaction;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.rebalance.RebalancePlan;
import dev.ringshard.rebalance.RebalanceReport;
import dev.ringshard.rebalance.Rebalancer;
import dev.ringshard.rebalance.Rebalancers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/**
 * A mover as a process of its own, which waits for {@link MoverOrders}. Says {@code planned} before it moves anything,
 * {@code asleep} when it stops where it was told to, until it is told anything; and in the end {@code moved},
 * {@code moved nothing}, {@code helped}, {@code failed} and why, or {@code wrong} and what, if no fault explains that.
 */
final class ChaosMover {
    static final String PLANNED = "planned";
    static final String MOVED = "moved";
    static final String ASLEEP = "asleep";
    static final String WRONG = "wrong";

    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(5);
    private static final Set<Remedy> EXPLAINED =
            Set.of(Remedy.RETRY_LATER, Remedy.REFRESH_AND_RETRY, Remedy.ASK_FOR_OUTCOME);

    private final Instructions instructions;

    private ChaosMover(Instructions instructions) {
        this.instructions = instructions;
    }

    public static void main(String[] arguments) throws InterruptedException {
        Instructions instructions = Instructions.listen();
        planOnce(RingshardConfig.load(Path.of(arguments[0])));
        while (true) {
            MoverOrders orders = MoverOrders.parse(instructions.take());
            System.out.println(new ChaosMover(instructions).follow(orders));
        }
    }

    /** So that code is warm before its first move; what it needs is the work, whatever becomes of it. */
    private static void planOnce(RingshardConfig config) {
        try (Shards shards = Shards.open(config.shards())) {
            Rebalancers.watched(config, shards, step -> {}).plan();
        } catch (RuntimeException failure) {
            String said = saidOf(failure);
            if (said.startsWith(WRONG)) {
                System.out.println(said);
            }
        }
    }

    private String follow(MoverOrders orders) {
        RingshardConfig config = RingshardConfig.load(Path.of(orders.config()));
        try (Shards shards = Shards.open(config.shards())) {
            return rebalance(orders, config, shards);
        } catch (Helped helped) {
            return "helped";
        } catch (RuntimeException failure) {
            return saidOf(failure);
        }
    }

    private static String saidOf(RuntimeException failure) {
        if (failure instanceof RingshardException known && EXPLAINED.contains(known.remedy())) {
            return "failed " + failure.getClass().getSimpleName();
        }
        failure.printStackTrace();
        return WRONG + " " + failure;
    }

    private String rebalance(MoverOrders orders, RingshardConfig config, Shards shards) {
        AtomicBoolean hasSlept = new AtomicBoolean();
        Rebalancer rebalancer = Rebalancers.watched(config, shards, step -> {
            if (!orders.sleep().name().equals("BEFORE_" + step)) {
                return;
            }
            switch (orders.sleep()) {
                case BEFORE_ACTIVATE -> helpLate(config.cluster(), shards);
                case BEFORE_CATCH_UP -> {
                    if (!hasSlept.get() && areRowsStaged(shards)) {
                        hasSlept.set(true);
                        sleep();
                    }
                }
                case NEVER -> {}
            }
        });
        RebalancePlan plan = rebalancer.plan();
        System.out.println(PLANNED);
        RebalanceReport report = rebalancer.run(plan, orders.settings(), progress -> {});
        if (!report.complete()) {
            return WRONG + ": it says that it is not complete, and was not told to stop";
        }
        return report.movedRows() > 0 ? MOVED : "moved nothing";
    }

    private static boolean areRowsStaged(Shards shards) {
        return shards.all().stream()
                .anyMatch(target -> Objects.requireNonNull(target.snapshot(
                        looking -> looking.dsl().fetchExists(INCOMING_RANGE, INCOMING_RANGE.ROW_COUNT.gt(0L)))));
    }

    private void sleep() {
        System.out.println(ASLEEP);
        try {
            instructions.take();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends a mover that has become a helper. */
    private static final class Helped extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /**
     * What a router does that meets a handover half-done, with a sleep between looking and doing. It is this mover's own
     * handover, and the mover goes no further. One without rows is none to be late with.
     */
    private void helpLate(String cluster, Shards shards) {
        Map<Shard, List<CommittedHandover>> committed = new LinkedHashMap<>();
        shards.all()
                .forEach(source -> committed.put(
                        source, Objects.requireNonNull(source.snapshot(looking -> HandoverTable.all(looking.dsl())))));
        if (committed.values().stream().flatMap(List::stream).noneMatch(handover -> handover.rows() > 0)) {
            return;
        }
        sleep();
        committed.forEach((source, handovers) -> handovers.stream()
                .collect(Collectors.groupingBy(CommittedHandover::target))
                .forEach((target, ofOneTarget) -> finish(cluster, source, shards.get(target), ofOneTarget)));
        throw new Helped();
    }

    private static void finish(String cluster, Shard source, Shard target, List<CommittedHandover> handovers) {
        List<CommittedHandover> taken;
        try (ShardTransaction transaction = Finisher.begin(target, cluster, LOCK_TIMEOUT)) {
            taken = Finisher.activate(transaction, handovers);
        }
        Finisher.forget(source, taken, Optional.empty());
    }
}
