package dev.ringshard.scatter;

import dev.ringshard.internal.ownership.HandoverHistoryTable;
import dev.ringshard.internal.ownership.HeldRanges;
import dev.ringshard.internal.shard.Shard;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Up to where this process has seen what left each shard, so that a read over all shards learns what left while it took its
 * snapshots. Thread-safe.
 */
final class Departures {
    private final Map<Shard, Long> newest = new ConcurrentHashMap<>();

    /**
     * What was the newest on these shards at some moment before the call returns.
     *
     * @param shards all that are to be read
     */
    Map<Shard, Long> before(Collection<Shard> shards) {
        Map<Shard, Long> before = new HashMap<>();
        for (Shard shard : shards) {
            Long known = newest.get(shard);
            before.put(
                    shard,
                    known == null
                            ? Objects.requireNonNull(
                                    shard.snapshot(reading -> HandoverHistoryTable.newest(reading.dsl())))
                            : known);
        }
        return before;
    }

    /** Takes note of a snapshot. */
    void seen(Shard shard, HeldRanges held) {
        newest.merge(shard, held.newestDeparture(), Math::max);
    }
}
