package dev.ringshard.internal.handover;

import dev.ringshard.failure.CorruptionException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.internal.ownership.OwnedRange;
import dev.ringshard.internal.ownership.OwnedRangeTable;
import dev.ringshard.internal.ownership.ShardRanges;
import dev.ringshard.internal.ownership.ShardReading;
import dev.ringshard.internal.shard.FailureKind;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.ring.TokenRange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Work on all shards that goes on although some do not answer, and remembers which; and although one was restored and is not
 * compared yet. For one thread.
 */
final class RecoveryRound {
    private final Shards shards;
    private final Set<String> unreachable = new TreeSet<>();

    RecoveryRound(Shards shards) {
        this.shards = shards;
    }

    /** What the shards say that take part in the cluster, of those that answer. */
    Map<Shard, ShardRanges> members() {
        Map<Shard, ShardRanges> members = new LinkedHashMap<>();
        for (Shard shard : shards.all()) {
            attempt(() -> Optional.of(ShardReading.of(shard)), Optional.<ShardReading>empty())
                    .filter(reading -> !reading.isNew())
                    .ifPresent(reading -> members.put(shard, reading.ranges()));
        }
        return members;
    }

    /** Whether a shard takes part in the cluster. */
    static boolean isMember(Shard shard) {
        return !ShardReading.of(shard).isNew();
    }

    /** The shards that did not answer so far. */
    List<String> unreachable() {
        return List.copyOf(unreachable);
    }

    /** What some work gives, or something else where it does not come to its end. */
    <T> T attempt(Supplier<T> work, T otherwise) {
        try {
            return onceMoreIfLost(work);
        } catch (ShardUnavailableException down) {
            unreachable.add(down.shard());
            return otherwise;
        } catch (CorruptionException broken) {
            if (FailureKind.of(broken) != FailureKind.RESTORED) {
                throw broken;
            }
            return otherwise;
        }
    }

    /** A pool may hold a connection that died since; every step may be repeated. */
    private static <T> T onceMoreIfLost(Supplier<T> work) {
        try {
            return work.get();
        } catch (ShardUnavailableException failure) {
            if (!failure.wasLost()) {
                throw failure;
            }
            return work.get();
        }
    }

    /**
     * Whether every token of a range has an owner, of those that answer. What no shard owns may have its last copy anywhere:
     * the shard that took it may have been set back in time to before it did.
     */
    boolean isOwned(TokenRange range, long leastEpoch) {
        List<OwnedRange> owned = new ArrayList<>();
        for (Shard shard : shards.all()) {
            owned.addAll(attempt(
                    () -> isMember(shard)
                            ? Objects.requireNonNull(shard.snapshot(looking -> OwnedRangeTable.all(looking.dsl())))
                            : List.<OwnedRange>of(),
                    List.of()));
            if (ShardRanges.covers(range, owned, leastEpoch)) {
                return true;
            }
        }
        return false;
    }
}
