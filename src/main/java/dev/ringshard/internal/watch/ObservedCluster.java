package dev.ringshard.internal.watch;

import dev.ringshard.event.MovedChunk;
import dev.ringshard.internal.ring.RangeMove;
import dev.ringshard.rebalance.RowBalance;
import dev.ringshard.status.ClusterStatus;
import dev.ringshard.status.ClusterStatus.ShardStatus;
import dev.ringshard.status.TableRows;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * How a cluster was at one look.
 *
 * @param status of a shard that is down, the rest is what it last said; rows are as of the last count, and none if they have
 *     not been counted
 * @param at when
 * @param since when each shard began to be in its state, as far as was watched, by its name
 * @param rows of each sharded table on all shards together, as of when nothing moved; empty if they have not been counted
 * @param ring who owns what and should
 * @param balance how rows lie and which keys are heavy, measured every ten minutes while nothing moves; not known before the first
 *     time, or where this user may not read the tables
 * @param handovers what was handed over since the look before
 * @param run what moves, or the last that did; empty if nothing has moved since the watch began
 * @param samples the last minutes, a sample for each look, the oldest first
 */
public record ObservedCluster(
        ClusterStatus status,
        Instant at,
        Map<String, Instant> since,
        List<TableRows> rows,
        ObservedRing ring,
        RowBalance balance,
        List<MovedChunk> handovers,
        Optional<ObservedRebalance> run,
        List<RateSample> samples) {

    public ObservedCluster {
        since = Map.copyOf(since);
        rows = List.copyOf(rows);
        handovers = List.copyOf(handovers);
        samples = List.copyOf(samples);
    }

    /** The shards, in the order of the configuration. */
    public List<ShardStatus> shards() {
        return status.shards();
    }

    /** When a shard began to be in its state. */
    public Instant since(ShardStatus shard) {
        return Objects.requireNonNull(since.get(shard.name()));
    }

    /** The shard of this name; empty if it is not configured. */
    public Optional<ShardStatus> shard(String name) {
        return shards().stream().filter(shard -> shard.name().equals(name)).findFirst();
    }

    /** Whether rows move, or did a moment ago. */
    public boolean isMoving() {
        return run.map(ObservedRebalance::isActive).orElse(false);
    }

    /**
     * About how many rows have still to move: as many for each part of the ring as have moved so far, or, before any has,
     * as many as there are.
     */
    public long estimatedBacklog() {
        double done = isMoving() ? run.flatMap(ObservedRebalance::doneShare).orElse(0.0) : 0;
        return Math.round(
                done > 0
                        ? run.map(ObservedRebalance::rows).orElse(0L) * (1 - done) / done
                        : ring.pending().stream().mapToDouble(this::rowsOf).sum());
    }

    private double rowsOf(RangeMove move) {
        return shard(move.source())
                .filter(source -> source.share() > 0)
                .map(source -> source.allRows().orElse(0) * move.range().fraction() / source.share())
                .orElse(0.0);
    }

    /** Owners that are not in the configuration. */
    public Set<String> strangers() {
        Set<String> strangers = new TreeSet<>(ring.owners().shares().keySet());
        shards().forEach(shard -> strangers.remove(shard.name()));
        return strangers;
    }
}
