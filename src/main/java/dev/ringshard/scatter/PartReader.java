package dev.ringshard.scatter;

import dev.ringshard.internal.ownership.KnownRanges;
import dev.ringshard.internal.shard.Shard;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How a read over all shards reads the part of each. Used by several threads at once. */
interface PartReader<T> {

    /**
     * Reads a shard's part in one round trip.
     *
     * @param known what was known of the shard
     * @return empty if it is not so any more, or cannot be done in one: then {@link #work} has to
     */
    Optional<T> ifStill(KnownRanges known, Shard shard);

    /** Reads a shard's part in a transaction that has looked at the ranges. */
    ShardPart.Work<T> work();

    /** By work that runs in a transaction. */
    static <T> PartReader<T> of(ShardPart.Work<T> work) {
        return new PartReader<>() {
            @Override
            public Optional<T> ifStill(KnownRanges known, Shard shard) {
                return Optional.empty();
            }

            @Override
            public ShardPart.Work<T> work() {
                return work;
            }
        };
    }

    /** By a query. */
    static <T> PartReader<List<T>> of(RingRead<T> read, @Nullable Object... parameters) {
        return new PartReader<>() {
            @Override
            public Optional<List<T>> ifStill(KnownRanges known, Shard shard) {
                return read.ifStill(known, shard, parameters);
            }

            @Override
            public ShardPart.Work<List<T>> work() {
                return part -> part.read(read, parameters);
            }
        };
    }
}
