package dev.ringshard.metrics;

import dev.ringshard.event.MovedChunk;
import dev.ringshard.event.Operation;
import dev.ringshard.event.Outcome;
import dev.ringshard.event.PendingMessages;
import dev.ringshard.event.Repetition;
import dev.ringshard.event.RingshardListener;
import dev.ringshard.event.WatchDecision;
import dev.ringshard.internal.watch.ObservedCluster;
import dev.ringshard.status.BreakerState;
import dev.ringshard.status.ClusterStatus.ShardStatus;
import dev.ringshard.status.ClusterStatus.State;
import dev.ringshard.status.Leftovers;
import dev.ringshard.status.PoolState;
import dev.ringshard.status.ShardConnections;
import dev.ringshard.status.TableRows;
import dev.ringshard.status.WatchStatus;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;

/** The meters of all shards in one registry. Thread-safe. */
final class ShardMeters implements RingshardListener {
    private final MeterRegistry registry;
    private final Supplier<List<ShardConnections>> shards;
    private final Set<Operation> operations;
    private final Supplier<List<ObservedCluster>> seen;
    private final Supplier<List<String>> tables;
    private final Map<String, OperationMeters> calls = new ConcurrentHashMap<>();
    private final Map<String, HandoverMeters> handovers = new ConcurrentHashMap<>();
    private final Set<CountedTable> counted = ConcurrentHashMap.newKeySet();
    private final OutboxMeters outbox;
    private final AtomicLong backlog = new AtomicLong();
    private final AtomicBoolean showsImbalance = new AtomicBoolean();
    private volatile double imbalance = 1;

    private record CountedTable(String shard, String table) {}

    /**
     * @param seen the last observation of a process that watches the cluster; otherwise empty
     * @param tables whose rows are counted, in a process that watches the cluster; otherwise empty
     */
    ShardMeters(
            MeterRegistry registry,
            Supplier<List<ShardConnections>> shards,
            Set<Operation> operations,
            Supplier<List<ObservedCluster>> seen,
            Supplier<List<String>> tables) {
        this.registry = registry;
        this.shards = shards;
        this.operations = operations;
        this.seen = seen;
        this.tables = tables;
        this.outbox = new OutboxMeters(registry);
        calls(ALL_SHARDS);
        calls(NO_SHARD);
        Gauge.builder(Names.BACKLOG, this::backlogNow)
                .description("Rows that have still to move")
                .baseUnit("rows")
                .register(registry);
        if (isWatched()) {
            Gauge.builder(
                            Names.RING_PENDING,
                            () -> seen.get().get(0).status().pendingShare().orElse(0))
                    .description("Part of the ring that has still to move, 0 to 1")
                    .register(registry);
            watches("well", WatchStatus::isWell);
            watches("silent", WatchStatus::isSilent);
            watches("stopped", WatchStatus::hasStopped);
        }
    }

    private void watches(String state, Predicate<WatchStatus> which) {
        Gauge.builder(Names.WATCHES, () -> seen.get().get(0).status().watches().stream()
                        .filter(which)
                        .count())
                .description("Watches that rebalance by themselves, in whatever process")
                .tag("state", state)
                .register(registry);
    }

    private boolean isWatched() {
        return operations.contains(Operation.LOOK);
    }

    private double backlogNow() {
        return isWatched() ? seen.get().get(0).estimatedBacklog() : backlog.get();
    }

    private OperationMeters calls(String shard) {
        return calls.computeIfAbsent(shard, name -> new OperationMeters(registry, name, operations));
    }

    private HandoverMeters handovers(String shard) {
        return handovers.computeIfAbsent(shard, name -> new HandoverMeters(registry, name));
    }

    @Override
    public void joined(String shard) {
        calls(shard);
        handovers(shard);
        for (BreakerState state : BreakerState.values()) {
            gauge(
                    Names.CIRCUIT_STATE,
                    shard,
                    "1 for the state that the circuit breaker is in",
                    Tags.of("state", state.name().toLowerCase(Locale.ROOT)),
                    one -> one.breaker() == state ? 1 : 0);
        }
        if (find(shard).flatMap(ShardConnections::pool).isPresent()) {
            pool(shard);
        }
        if (isWatched()) {
            watched(shard);
        }
    }

    private void pool(String shard) {
        String connections = "Connections of this process's pool";
        gauge(Names.POOL_CONNECTIONS, shard, connections, Tags.of("state", "active"), of(PoolState::active));
        gauge(Names.POOL_CONNECTIONS, shard, connections, Tags.of("state", "idle"), of(PoolState::idle));
        gauge(Names.POOL_PENDING, shard, "Threads that wait for a connection", Tags.empty(), of(PoolState::waiting));
        gauge(Names.POOL_MAX, shard, "Connections that the pool may open", Tags.empty(), of(PoolState::size));
    }

    private static ToDoubleFunction<ShardConnections> of(ToDoubleFunction<PoolState> figure) {
        return shard -> shard.pool().map(figure::applyAsDouble).orElse(Double.NaN);
    }

    private void gauge(
            String name, String shard, String description, Tags tags, ToDoubleFunction<ShardConnections> figure) {
        Gauge.builder(name, () -> find(shard).map(figure::applyAsDouble).orElse(Double.NaN))
                .description(description)
                .tags(tags.and(Names.SHARD, shard))
                .register(registry);
    }

    private Optional<ShardConnections> find(String name) {
        return shards.get().stream().filter(shard -> shard.shard().equals(name)).findFirst();
    }

    private void watched(String shard) {
        seen(
                Names.SHARD_UP,
                shard,
                "1 if the shard answers and takes part",
                Tags.empty(),
                one -> one.state() == State.UP ? 1 : 0);
        seen(Names.SHARD_SHARE, shard, "What it owns of the ring, 0 to 1", Tags.empty(), ShardStatus::share);
        seen(Names.SHARD_TARGET, shard, "What it should own, 0 to 1", Tags.empty(), ShardStatus::targetShare);
        leftovers(shard, "incoming", Leftovers::incoming);
        leftovers(shard, "departed", Leftovers::departed);
        leftovers(shard, "handover", Leftovers::handovers);
        tables(shard);
    }

    private void leftovers(String shard, String kind, ToIntFunction<Leftovers> figure) {
        seen(
                Names.SHARD_LEFTOVERS,
                shard,
                "Ranges that a move is at work with, or has left",
                Tags.of("kind", kind),
                one -> figure.applyAsInt(one.leftovers()));
    }

    /** Again and again: a table may be added to the configuration that is watched by. */
    private void tables(String shard) {
        for (String table : tables.get()) {
            if (counted.add(new CountedTable(shard, table))) {
                seen(
                        Names.SHARD_ROWS,
                        shard,
                        "Rows that it owns, about, as of the last count",
                        Tags.of(Names.TABLE, table),
                        one -> rows(one, table));
            }
        }
    }

    private static double rows(ShardStatus shard, String table) {
        return shard.rows().stream()
                .filter(rows -> rows.table().equals(table))
                .mapToDouble(TableRows::rows)
                .findFirst()
                .orElse(Double.NaN);
    }

    private void seen(String name, String shard, String description, Tags tags, ToDoubleFunction<ShardStatus> figure) {
        Gauge.builder(name, () -> seen.get().stream()
                        .flatMap(cluster -> cluster.shard(shard).stream())
                        .mapToDouble(figure)
                        .findFirst()
                        .orElse(Double.NaN))
                .description(description)
                .tags(tags.and(Names.SHARD, shard))
                .register(registry);
    }

    @Override
    public void left(String shard) {
        calls.remove(shard);
        handovers.remove(shard);
        counted.removeIf(table -> table.shard.equals(shard));
        outbox.left(shard);
        registry.getMeters().stream()
                .map(Meter::getId)
                .filter(id -> id.getName().startsWith("ringshard."))
                .filter(id -> shard.equals(id.getTag(Names.SHARD)))
                .forEach(registry::remove);
    }

    /** A call that ends after its shard has left is not counted. */
    @Override
    public void ended(Operation operation, String shard, Outcome outcome, long nanos) {
        OperationMeters meters = calls.get(shard);
        if (meters != null) {
            meters.ended(operation, outcome, nanos);
        }
        if (operation == Operation.LOOK && handovers.containsKey(shard)) {
            tables(shard);
        }
    }

    @Override
    public void repeats(Repetition reason, String shard) {
        OperationMeters meters = calls.get(shard);
        if (meters != null) {
            meters.repeats(reason);
        }
    }

    @Override
    public void handedOver(MovedChunk chunk) {
        HandoverMeters source = handovers.get(chunk.source());
        if (source != null) {
            source.left(chunk.rows());
            chunk.writePause().ifPresent(source::paused);
        }
        HandoverMeters target = handovers.get(chunk.target());
        if (target != null) {
            target.came(chunk.rows());
        }
    }

    @Override
    public void delivered(String topic, boolean isAccepted) {
        outbox.delivered(topic, isAccepted);
    }

    @Override
    public void pending(String shard, List<PendingMessages> topics) {
        if (handovers.containsKey(shard)) {
            topics.forEach(messages -> outbox.pending(shard, messages));
        }
        if (!isWatched()) {
            topics.forEach(messages -> outbox.delivers(messages.topic()));
        }
    }

    /** There from the first decision on: few processes watch. */
    @Override
    public void decided(WatchDecision decision) {
        registry.counter(Names.WATCH_DECISIONS, "decision", Names.tag(decision.kind()))
                .increment();
        imbalance = decision.imbalance();
        if (showsImbalance.compareAndSet(false, true)) {
            Gauge.builder(Names.WATCH_IMBALANCE, () -> imbalance)
                    .description("Rows of the fullest shard, by its fair share")
                    .register(registry);
        }
    }

    @Override
    public void backlog(long rows) {
        backlog.set(rows);
    }
}
