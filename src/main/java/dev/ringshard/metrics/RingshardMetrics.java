package dev.ringshard.metrics;

import dev.ringshard.Ringshard;
import dev.ringshard.event.Events;
import dev.ringshard.event.Operation;
import dev.ringshard.internal.watch.ClusterWatch;
import dev.ringshard.internal.watch.ObservedCluster;
import dev.ringshard.status.ShardConnections;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/**
 * Binds Ringshard to a registry of Micrometer's: {@code RingshardMetrics.of(cluster).bindTo(registry)}. All meters are
 * there from the start, at zero, and those of a shard that joins from when it does. Their tags are names of shards and
 * words of fixed sets, never a key.
 *
 * <p>The pools are shown by gauges of Ringshard's own, not by Hikari's tracker: that one can be given to a pool once,
 * before it starts, and it measures every loan of a connection. Thread-safe.
 */
public final class RingshardMetrics implements MeterBinder, AutoCloseable {
    private final Events events;
    private final Supplier<List<ShardConnections>> shards;
    private final Set<Operation> operations;
    private final Supplier<List<ObservedCluster>> seen;
    private final Supplier<List<String>> tables;
    private final List<Events.Listening> bound = new CopyOnWriteArrayList<>();

    private RingshardMetrics(
            Events events,
            Supplier<List<ShardConnections>> shards,
            Set<Operation> operations,
            Supplier<List<ObservedCluster>> seen,
            Supplier<List<String>> tables) {
        this.events = events;
        this.shards = shards;
        this.operations = operations;
        this.seen = seen;
        this.tables = tables;
    }

    /** The figures of a cluster that this application works with. */
    public static RingshardMetrics of(Ringshard cluster) {
        return new RingshardMetrics(
                cluster.events(),
                cluster::connections,
                EnumSet.complementOf(EnumSet.of(Operation.LOOK)),
                List::of,
                List::of);
    }

    /**
     * The figures of a cluster that is only watched: how its shards are, and the handovers of whatever process.
     *
     * @param latest what was seen last
     */
    public static RingshardMetrics of(ClusterWatch watch, Supplier<ObservedCluster> latest) {
        return new RingshardMetrics(
                watch.events(),
                watch::connections,
                EnumSet.allOf(Operation.class),
                () -> List.of(latest.get()),
                watch::tables);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        ShardMeters meters = new ShardMeters(registry, shards, operations, seen, tables);
        bound.add(events.listen(meters)); // before the first shards, so that none is missed that joins meanwhile
        shards.get().forEach(shard -> meters.joined(shard.shard()));
    }

    /** Counts nothing more in any registry. What has been counted stays there. */
    @Override
    public void close() {
        bound.forEach(Events.Listening::close);
        bound.clear();
    }
}
