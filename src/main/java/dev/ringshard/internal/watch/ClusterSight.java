package dev.ringshard.internal.watch;

import dev.ringshard.event.MovedChunk;
import dev.ringshard.ring.RangeMove;
import dev.ringshard.ring.TokenMap;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * How a cluster was at one look.
 *
 * @param shards in the order of the configuration
 * @param customers how many there are together, as of when nothing moved; empty if they have not been counted
 * @param owners who owns what, as far as is known; what is being handed over counts as its target's
 * @param target who should own what; empty if that cannot be told, because parts of the ring are unknown
 * @param pending what has still to move; empty if nothing has, or if it cannot be told
 * @param transit what is on its way right now
 * @param handovers what was handed over since the look before
 * @param run what moves, or the last that did; empty if nothing has moved since the watch began
 * @param samples the last minutes, a sample for each look, the oldest first
 */
public record ClusterSight(
        String cluster,
        Instant at,
        List<ShardSight> shards,
        OptionalLong customers,
        TokenMap<String> owners,
        TokenMap<String> target,
        List<RangeMove> pending,
        List<Transit> transit,
        List<MovedChunk> handovers,
        Optional<ObservedRebalance> run,
        List<RateSample> samples) {

    public ClusterSight {
        shards = List.copyOf(shards);
        pending = List.copyOf(pending);
        transit = List.copyOf(transit);
        handovers = List.copyOf(handovers);
        samples = List.copyOf(samples);
    }

    /** Whether every shard takes part and owns what it should, and nothing is left over. */
    public boolean isSettled() {
        return leftovers() == 0
                && pending.isEmpty()
                && unknownShare() == 0
                && shards.stream().allMatch(ShardSight::isUp);
    }

    /** Whether rows move, or did a moment ago. */
    public boolean isMoving() {
        return run.map(ObservedRebalance::isActive).orElse(false);
    }

    /** The part of the ring that has still to move, 0 to 1. */
    public double pendingShare() {
        return pending.stream().mapToDouble(move -> move.range().fraction()).sum();
    }

    /**
     * About how many rows have still to move: as many for each part of the ring as have moved so far, or, before any has,
     * as many as there are customers.
     */
    public long estimatedBacklog() {
        double done = isMoving() ? run.flatMap(ObservedRebalance::doneShare).orElse(0.0) : 0;
        return Math.round(
                done > 0
                        ? run.map(ObservedRebalance::rows).orElse(0L) * (1 - done) / done
                        : pending.stream().mapToDouble(this::customersOf).sum());
    }

    private double customersOf(RangeMove move) {
        return shard(move.source())
                .filter(source -> source.share() > 0)
                .map(source -> source.customers().orElse(0) * move.range().fraction() / source.share())
                .orElse(0.0);
    }

    /** The part of the ring of which nobody knows the owner, 0 to 1. */
    public double unknownShare() {
        return owners.gaps().stream().mapToDouble(gap -> gap.fraction()).sum();
    }

    /** What moves have left on all shards, or are at work with right now. */
    public int leftovers() {
        return shards.stream().mapToInt(ShardSight::leftovers).sum();
    }

    /** Owners that are not in the configuration. */
    public Set<String> strangers() {
        Set<String> strangers = new TreeSet<>(owners.shares().keySet());
        shards.forEach(shard -> strangers.remove(shard.name()));
        return strangers;
    }

    /** The shard of this name; empty if it is not configured. */
    public Optional<ShardSight> shard(String name) {
        return shards.stream().filter(shard -> shard.name().equals(name)).findFirst();
    }
}
