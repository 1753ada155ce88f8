package dev.ringshard.metrics;

import dev.ringshard.event.MovedChunk;
import dev.ringshard.event.Operation;
import dev.ringshard.event.Outcome;
import dev.ringshard.event.Repetition;
import dev.ringshard.event.RingshardListener;
import dev.ringshard.internal.watch.ClusterSight;
import dev.ringshard.internal.watch.ShardSight;
import dev.ringshard.status.BreakerState;
import dev.ringshard.status.PoolState;
import dev.ringshard.status.ShardConnections;
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
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** The meters of all shards in one registry. Thread-safe. */
final class ShardMeters implements RingshardListener {
    private final MeterRegistry registry;
    private final Supplier<List<ShardConnections>> shards;
    private final Set<Operation> operations;
    private final Supplier<List<ClusterSight>> sights;
    private final Map<String, OperationMeters> calls = new ConcurrentHashMap<>();
    private final Map<String, HandoverMeters> handovers = new ConcurrentHashMap<>();
    private final AtomicLong backlog = new AtomicLong();

    /** @param sights what was seen last, where somebody watches the cluster; otherwise empty */
    ShardMeters(
            MeterRegistry registry,
            Supplier<List<ShardConnections>> shards,
            Set<Operation> operations,
            Supplier<List<ClusterSight>> sights) {
        this.registry = registry;
        this.shards = shards;
        this.operations = operations;
        this.sights = sights;
        calls(ALL_SHARDS);
        calls(NO_SHARD);
        Gauge.builder(Names.BACKLOG, this::backlogNow)
                .description("Rows that have still to move")
                .baseUnit("rows")
                .register(registry);
        if (isWatched()) {
            Gauge.builder(Names.RING_PENDING, () -> sights.get().get(0).pendingShare())
                    .description("Part of the ring that has still to move, 0 to 1")
                    .register(registry);
        }
    }

    private boolean isWatched() {
        return operations.contains(Operation.LOOK);
    }

    private double backlogNow() {
        return isWatched() ? sights.get().get(0).estimatedBacklog() : backlog.get();
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
        seen(Names.SHARD_UP, shard, "1 if the shard answers and takes part", Tags.empty(), one -> one.isUp() ? 1 : 0);
        seen(Names.SHARD_SHARE, shard, "What it owns of the ring, 0 to 1", Tags.empty(), ShardSight::share);
        seen(Names.SHARD_TARGET, shard, "What it should own, 0 to 1", Tags.empty(), ShardSight::targetShare);
        seen(
                Names.SHARD_CUSTOMERS,
                shard,
                "Customers there, as of the last count",
                Tags.empty(),
                one -> one.customers().isPresent() ? one.customers().getAsLong() : Double.NaN);
        String leftovers = "Ranges that a move is at work with, or has left";
        seen(Names.SHARD_LEFTOVERS, shard, leftovers, Tags.of("kind", "incoming"), ShardSight::incoming);
        seen(Names.SHARD_LEFTOVERS, shard, leftovers, Tags.of("kind", "departed"), ShardSight::departed);
        seen(Names.SHARD_LEFTOVERS, shard, leftovers, Tags.of("kind", "handover"), ShardSight::committed);
    }

    private void seen(String name, String shard, String description, Tags tags, ToDoubleFunction<ShardSight> figure) {
        Gauge.builder(name, () -> sights.get().stream()
                        .flatMap(sight -> sight.shard(shard).stream())
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
        registry.getMeters().stream()
                .map(Meter::getId)
                .filter(id -> id.getName().startsWith("ringshard."))
                .filter(id -> shard.equals(id.getTag(Names.SHARD)))
                .forEach(registry::remove);
    }

    /** One that ends after its shard has left is nobody's any more. */
    @Override
    public void ended(Operation operation, String shard, Outcome outcome, long nanos) {
        OperationMeters meters = calls.get(shard);
        if (meters != null) {
            meters.ended(operation, outcome, nanos);
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
    public void backlog(long rows) {
        backlog.set(rows);
    }
}
