package dev.ringshard.rebalance;

import dev.ringshard.config.RingshardConfig;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.failure.StaleVersionException;
import dev.ringshard.internal.cluster.Newcomers;
import dev.ringshard.internal.handover.Handover;
import dev.ringshard.internal.handover.HandoverStep;
import dev.ringshard.internal.handover.Recovery;
import dev.ringshard.internal.shard.Parallel;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.rebalance.ShardMoveRun.Tools;
import dev.ringshard.status.RecoveryOutcome;
import dev.ringshard.status.RecoveryProgress;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes everybody own what the configuration says: plans, and runs plans, while the application keeps reading and
 * writing. Thread-safe; several at once, in one process or in many, do no harm and finish, but a plan that another has
 * overtaken is refused.
 */
public final class Rebalancer {
    /** How often a plan that another mover has overtaken should be made anew before that is a failure: several at once get through by turns. */
    public static final int MOST_PLANS = 20;

    private static final ThreadFactory DAEMONS = work -> {
        Thread thread = new Thread(work, "ringshard-rebalance");
        thread.setDaemon(true);
        return thread;
    };

    private static final Logger log = LoggerFactory.getLogger(Rebalancer.class);

    private final RingshardConfig config;
    private final Shards shards;
    private final Newcomers newcomers;
    private final Planner planner;
    private final Recovery recovery;
    private final LongSupplier nanoTime;
    private final Consumer<HandoverStep> beforeStep;

    /** A rebalancer of the cluster that this configuration describes. */
    public Rebalancer(RingshardConfig config, Shards shards, Newcomers newcomers) {
        this(config, shards, newcomers, System::nanoTime, step -> {});
    }

    Rebalancer(
            RingshardConfig config,
            Shards shards,
            Newcomers newcomers,
            LongSupplier nanoTime,
            Consumer<HandoverStep> beforeStep) {
        this.config = config;
        this.shards = shards;
        this.newcomers = newcomers;
        this.planner = new Planner(config, shards);
        this.recovery = new Recovery(shards, config.shardedTables(), config.purgeAfter());
        this.nanoTime = nanoTime;
        this.beforeStep = beforeStep;
    }

    /**
     * What would have to move. Changes nothing.
     *
     * @throws RingshardException if a shard does not answer, is another one than the configuration means, or is missing
     *     from the configuration although it owns part of the ring; or if rows cannot move as they are
     */
    public RebalancePlan plan() {
        RebalancePlan plan = planner.plan(this::requireMovable, newcomers);
        List<String> joining = plan.shares().stream()
                .filter(RebalancePlan.Share::joins)
                .map(RebalancePlan.Share::shard)
                .toList();
        newcomers.requireAlike(
                routes(plan.moves().stream().filter(move -> !joining.contains(move.target()))), config.shardedTables());
        return plan;
    }

    private void requireMovable(List<Shard> all) {
        ExecutorService threads = Parallel.threads();
        try {
            Parallel.forEach(threads, all, shard -> {
                        newcomers.requireMovable(shard, config.shardedTables());
                        return true;
                    })
                    .values()
                    .forEach(Parallel.Outcome::get);
        } finally {
            threads.shutdown();
        }
    }

    /** As {@link #run(RebalancePlan, RebalanceSettings, Consumer)} with the default settings. */
    public RebalanceReport run(RebalancePlan plan, Consumer<RebalanceProgress> listener) {
        return run(plan, RebalanceSettings.DEFAULT, listener);
    }

    /**
     * Does what a plan says, and waits for the end.
     *
     * @param listener told after every chunk and when it has to wait, by one thread at a time
     * @throws StaleVersionException if the ownership has changed since the plan was made; what has moved stays
     * @throws RingshardException what else stopped it; what has moved stays, and a new plan moves the rest
     */
    public RebalanceReport run(RebalancePlan plan, RebalanceSettings settings, Consumer<RebalanceProgress> listener) {
        return start(plan, settings, listener).await();
    }

    /** Begins to do what a plan says, as {@link #run(RebalancePlan, RebalanceSettings, Consumer)}, and does not wait. */
    public Rebalancing start(RebalancePlan plan, RebalanceSettings settings, Consumer<RebalanceProgress> listener) {
        PauseControl gate = new PauseControl();
        RebalanceTally tally = new RebalanceTally(plan, listener, nanoTime, shards.events());
        CompletableFuture<RebalanceReport> result = new CompletableFuture<>();
        DAEMONS.newThread(() -> {
                    try {
                        result.complete(execute(plan, settings, gate, tally));
                    } catch (RuntimeException | Error failure) {
                        result.completeExceptionally(failure);
                    }
                })
                .start();
        return new Rebalancing(gate, result, tally::progress);
    }

    /**
     * Rebalances by itself from now on, when shards hold too uneven parts of the rows or own what they should not, until it is closed
     * or something is unsound. What it decides is told to {@link dev.ringshard.event.RingshardListener#decided}.
     */
    public RebalanceWatch watch(WatchSettings settings) {
        return watch(settings, Clock.systemUTC()).started();
    }

    /** One that has not begun. */
    RebalanceWatch watch(WatchSettings settings, Clock clock) {
        return new RebalanceWatch(this, settings, shards, clock);
    }

    private RebalanceReport execute(
            RebalancePlan plan, RebalanceSettings settings, PauseControl gate, RebalanceTally tally) {
        recovery.run();
        List<String> joined = join(plan);
        requireUnchanged(plan);
        newcomers.distributeReferenceTables(shards.all());
        requireAlike(plan);
        tally.begins();
        try {
            moveAll(plan, settings, gate, tally);
        } finally {
            tally.ends();
            shards.all().forEach(recovery::openSlots);
        }
        recovery.run();
        shards.all().forEach(recovery::mergeRows);
        shards.all().forEach(recovery::openSlots);
        distributeReferenceTables();
        boolean complete = planner.reading().owners().equals(plan.target().merged());
        if (!complete && !gate.isCancelled()) {
            throw new StaleVersionException("""
                    Another rebalance has changed who owns what while this plan was being run. All that has moved, %d rows, is \
                    served where it is now. Make a new plan.""".formatted(tally.rows()));
        }
        return new RebalanceReport(
                tally.rows(), plan.rows(), tally.elapsed(), tally.pauses(), tally.delayed(), joined, complete);
    }

    /** A copy that fails now is made by recover. */
    private void distributeReferenceTables() {
        try {
            newcomers.distributeReferenceTables(shards.all());
        } catch (RingshardException later) {
            log.warn("Rows have moved; not every shard has all reference tables: run recover", later);
        }
    }

    private List<String> join(RebalancePlan plan) {
        List<Shard> strangers = planner.reading().newcomers();
        List<Shard> members = new ArrayList<>(shards.all());
        members.removeAll(strangers);
        List<String> joined = new ArrayList<>();
        for (Shard newcomer : strangers) {
            if (plan.shares().stream().anyMatch(share -> share.shard().equals(newcomer.name()))) {
                newcomers.join(newcomer, List.copyOf(members));
                members.add(newcomer);
                joined.add(newcomer.name());
            }
        }
        return joined;
    }

    private void requireUnchanged(RebalancePlan plan) {
        if (!plan.cluster().equals(config.cluster())
                || !planner.reading().owners().equals(plan.actual().merged())) {
            throw new StaleVersionException("""
                    Who owns what in cluster %s is not what it was when the plan was made. Nothing was moved. Make a new \
                    plan.""".formatted(config.cluster()));
        }
    }

    private void requireAlike(RebalancePlan plan) {
        requireMovable(plan.moves().stream()
                .flatMap(move -> Stream.of(move.source(), move.target()))
                .distinct()
                .map(shards::get)
                .toList());
        List<Newcomers.Route> routes = routes(plan.moves().stream());
        newcomers.requireAlike(routes, config.shardedTables());
        newcomers.requireParents(routes, config.shardedTables());
    }

    private List<Newcomers.Route> routes(Stream<ShardMove> moves) {
        return moves.map(move -> new Newcomers.Route(shards.get(move.source()), shards.get(move.target())))
                .toList();
    }

    /** The first failure stops the other moves after their chunk. */
    private void moveAll(RebalancePlan plan, RebalanceSettings settings, PauseControl gate, RebalanceTally tally) {
        Tools tools = new Tools(
                new Handover(config.cluster(), config.shardedTables(), nanoTime, beforeStep),
                recovery,
                gate,
                tally,
                new ChunkSize(
                        Math.min(settings.chunkRows(), settings.rowsPerSecond().orElse(Long.MAX_VALUE))),
                new Throttle(settings.rowsPerSecond(), nanoTime),
                new Sizes(config.shardedTables()),
                new TargetStatistics(config.shardedTables()),
                nanoTime);
        ExecutorService executor = Executors.newFixedThreadPool(settings.parallel(), DAEMONS);
        ExecutorService purging = Executors.newSingleThreadExecutor(DAEMONS);
        try {
            Queue<ShardMoveRun> waiting = new ConcurrentLinkedQueue<>();
            spread(plan.moves()).forEach(move -> waiting.add(runOf(move, tools)));
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < settings.parallel(); i++) {
                running.add(executor.submit(() -> {
                    moveByTurns(waiting, purging);
                    return true;
                }));
            }
            awaitAll(running, gate);
        } finally {
            executor.shutdown();
            awaitEnd(purging);
        }
    }

    /** Where others hold all that is left of a move, the next one has its turn. */
    private static void moveByTurns(Queue<ShardMoveRun> waiting, ExecutorService purging) throws InterruptedException {
        ShardMoveRun move = waiting.poll();
        while (move != null) {
            if (!move.run(Executors.newSingleThreadExecutor(DAEMONS), purging, () -> !waiting.isEmpty())) {
                waiting.add(move);
            }
            move = waiting.poll();
        }
    }

    /** Lets an executor do what it was given, and then end. */
    static void awaitEnd(ExecutorService executor) {
        executor.shutdown();
        boolean isInterrupted = false;
        boolean hasEnded = false;
        while (!hasEnded) {
            try {
                hasEnded = executor.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException interrupted) {
                isInterrupted = true;
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private ShardMoveRun runOf(ShardMove move, Tools tools) {
        Shard source = shards.get(move.source());
        Shard target = shards.get(move.target());
        return new ShardMoveRun(source, target, new Chunks(source, target, tools.sizes(), move.pieces()), tools);
    }

    /** In an order in which neighbours differ in their target where possible, because a target takes one copy at a time. */
    private static List<ShardMove> spread(List<ShardMove> moves) {
        List<ShardMove> left = new ArrayList<>(moves);
        List<ShardMove> spread = new ArrayList<>();
        String last = "";
        while (!left.isEmpty()) {
            String before = last;
            ShardMove next = left.stream()
                    .filter(move -> !move.target().equals(before))
                    .findFirst()
                    .orElse(left.get(0));
            left.remove(next);
            spread.add(next);
            last = next.target();
        }
        return spread;
    }

    private static void awaitAll(List<Future<?>> running, PauseControl gate) {
        RuntimeException first = null;
        for (Future<?> move : running) {
            try {
                move.get();
            } catch (ExecutionException failed) {
                gate.cancel();
                RuntimeException failure = unchecked(failed);
                if (first == null) {
                    first = failure;
                } else {
                    first.addSuppressed(failure);
                }
            } catch (InterruptedException interrupted) {
                gate.cancel();
                Thread.currentThread().interrupt();
            }
        }
        if (first != null) {
            throw first;
        }
    }

    static RuntimeException unchecked(ExecutionException failed) {
        return failed.getCause() instanceof RuntimeException failure
                ? failure
                : new IllegalStateException("a move ended with an error", failed.getCause());
    }

    /** Tidies up after movers that died; safe beside live ones. */
    public RecoveryOutcome recover() {
        return recovery.run();
    }

    /**
     * As {@link #recover()}, where it was decided to take some shards as they are, although they have lost what was written there.
     *
     * @param restored their names
     * @param progress told how far it is
     */
    public RecoveryOutcome recover(Set<String> restored, RecoveryProgress progress) {
        return recovery.run(restored, progress);
    }
}
