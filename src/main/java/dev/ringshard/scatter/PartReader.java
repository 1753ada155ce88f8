package dev.ringshard.scatter;

import dev.ringshard.internal.ownership.HeldRanges;
import dev.ringshard.internal.shard.Shard;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How a read over all shards reads the part of each. Used by several threads at once. */
interface PartReader<T> {

    /**
     * Reads a shard's part in one round trip, from one snapshot with the ranges.
     *
     * @return empty if {@link #work} has to read it
     */
    Optional<Read<T>> atOnce(Shard shard, long since, HeldRanges known);

    /** Reads a shard's part in a transaction that has looked at the ranges. */
    ShardPart.Work<T> work();

    /** An answer, and what the shard held in the same snapshot. */
    record Read<T>(HeldRanges held, T answer) {}

    /** By work that runs in a transaction. */
    static <T> PartReader<T> of(ShardPart.Work<T> work) {
        return new PartReader<>() {
            @Override
            public Optional<Read<T>> atOnce(Shard shard, long since, HeldRanges known) {
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
            public Optional<Read<List<T>>> atOnce(Shard shard, long since, HeldRanges known) {
                return read.atOnce(shard, since, known, parameters);
            }

            @Override
            public ShardPart.Work<List<T>> work() {
                return part -> part.read(read, parameters);
            }
        };
    }
}
