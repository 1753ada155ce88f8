package dev.ringshard.internal.cluster;

import dev.ringshard.internal.ownership.SchemaVersion;
import dev.ringshard.internal.ownership.ShardReading;
import dev.ringshard.internal.shard.Parallel.Outcome;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.status.ClusterStatus.ShardStatus;
import dev.ringshard.status.ClusterStatus.State;
import dev.ringshard.status.Leftovers;
import dev.ringshard.status.TableRows;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Makes the status of shards from their readings.
 *
 * @param shares what each owns of the ring, 0 to 1, by their names
 * @param targetShares what each should own
 */
public record ShardStatuses(Map<String, Double> shares, Map<String, Double> targetShares) {

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
