package dev.ringshard.internal.cluster;

import dev.ringshard.config.RingshardConfig;
import dev.ringshard.internal.ownership.ReferenceState;
import dev.ringshard.internal.ownership.SchemaVersion;
import dev.ringshard.internal.ownership.ShardReading;
import dev.ringshard.internal.shard.Parallel.Outcome;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.ring.TokenMap;
import dev.ringshard.status.ClusterStatus;
import dev.ringshard.status.ClusterStatus.ShardStatus;
import dev.ringshard.status.ClusterStatus.State;
import dev.ringshard.status.Leftovers;
import dev.ringshard.status.TableRows;
import dev.ringshard.status.WatchStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Makes the status of a cluster from what its shards say, now or when they were last asked.
 *
 * @param shares what each owns of the ring, 0 to 1, by their names
 * @param targetShares what each should own
 */
public record StatusAssembly(
        RingshardConfig config, TokenMap<String> owners, Map<String, Double> shares, Map<String, Double> targetShares) {

    /**
     * Of all shards together.
     *
     * @param shards in the order of the configuration
     * @param pendingShare the part of the ring that a rebalance would move, if that can be told
     * @param members what those say that answer and take part, by their names
     */
    public ClusterStatus of(
            List<ShardStatus> shards,
            OptionalDouble pendingShare,
            Optional<String> problem,
            boolean isSetBack,
            Map<String, ShardReading> members) {
        Map<String, Map<String, ReferenceState>> reference = new LinkedHashMap<>();
        members.forEach((shard, said) -> reference.put(shard, said.reference()));
        return new ClusterStatus(
                config.cluster(),
                shards,
                pendingShare,
                problem,
                isSetBack,
                RingTarget.of(config).pins(owners),
                WatchStatus.latestById(members.values().stream()
                        .flatMap(said -> said.watches().stream())
                        .toList()),
                ReferenceState.behind(config.tables().reference(), reference));
    }

    ShardStatus of(Shard shard, Outcome<ShardReading> said) {
        return said.value() == null
                ? of(shard, State.DOWN, Optional.of(message(said.failure())), Optional.empty(), List.of())
                : of(
                        shard,
                        state(said.value()),
                        Optional.empty(),
                        Optional.of(said.value()),
                        said.value().rows());
    }

    private static String message(@Nullable RuntimeException failure) {
        return failure == null ? "no reason given" : String.valueOf(failure.getMessage());
    }

    /** What a shard is that said this. */
    public static State state(ShardReading said) {
        return said.isNew() ? State.NEW : State.UP;
    }

    /**
     * Of one shard.
     *
     * @param said what it said, or last said if it does not answer now
     */
    public ShardStatus of(
            Shard shard, State state, Optional<String> problem, Optional<ShardReading> said, List<TableRows> rows) {
        return new ShardStatus(
                shard.name(),
                state,
                problem,
                shares.getOrDefault(shard.name(), 0.0),
                targetShares.getOrDefault(shard.name(), 0.0),
                said.map(reading -> OptionalLong.of(reading.ranges().count())).orElse(OptionalLong.empty()),
                rows,
                said.map(reading -> reading.ranges().leftovers()).orElse(Leftovers.NONE),
                said.flatMap(ShardReading::schemaVersion).map(SchemaVersion::newest),
                shard.pool());
    }
}
