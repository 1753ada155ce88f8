package dev.ringshard.scatter;

import dev.ringshard.internal.ownership.HandoverHistoryTable;
import dev.ringshard.internal.ownership.HeldRanges;
import dev.ringshard.internal.ownership.KnownRanges;
import dev.ringshard.internal.shard.Shard;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * What this process has last seen of the ranges of each shard. Up to where it has seen what left, a read over all shards must
 * know, to learn what left while it took its snapshots; the rest only saves work where it is still so. Thread-safe.
 */
final class RangeCache {
    private final Map<Shard, Long> newestDepartures = new ConcurrentHashMap<>();
    private final Map<Shard, KnownRanges> known = new ConcurrentHashMap<>();
    private volatile Covered lastCovered = new Covered(List.of(), Coverage.ofHeld(List.of()));

    /**
     * What was the newest departure on these shards at some moment before the call returns.
     *
     * @param shards all that are to be read
     */
    Map<Shard, Long> departuresBefore(Collection<Shard> shards) {
        Map<Shard, Long> before = new HashMap<>();
        for (Shard shard : shards) {
            Long known = newestDepartures.get(shard);
            before.put(
                    shard,
                    known == null
                            ? Objects.requireNonNull(
                                    shard.snapshot(reading -> HandoverHistoryTable.newest(reading.dsl())))
                            : known);
        }
        return before;
    }

    /** What a shard held when it was last looked at; {@link KnownRanges#NONE} if it never was. */
    KnownRanges known(Shard shard) {
        return known.getOrDefault(shard, KnownRanges.NONE);
    }

    /** As {@link Coverage#ofHeld}; of what was taken from here for all shards as the last time, the same as then. */
    Coverage coverage(List<HeldRanges> snapshots) {
        Covered last = lastCovered;
        if (!last.isOf(snapshots)) {
            last = new Covered(snapshots, Coverage.ofHeld(snapshots));
            lastCovered = last;
        }
        return last.coverage;
    }

    /** How some snapshots covered the ring. */
    private record Covered(List<HeldRanges> snapshots, Coverage coverage) {
        /** The very same, and no others that are equal: to compare them would take as long as to look at their coverage. */
        @SuppressWarnings("ReferenceEquality")
        boolean isOf(List<HeldRanges> others) {
            return others.size() == snapshots.size()
                    && IntStream.range(0, others.size()).allMatch(i -> others.get(i) == snapshots.get(i));
        }
    }

    /** Takes note of a snapshot. */
    void seen(Shard shard, KnownRanges now) {
        seen(shard, now.held());
        known.put(shard, now);
    }

    /** As {@link #seen(Shard, KnownRanges)}, where the digest was not asked for. */
    void seen(Shard shard, HeldRanges now) {
        newestDepartures.merge(shard, now.newestDeparture(), Math::max);
    }
}
