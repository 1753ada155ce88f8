package dev.ringshard.scatter;

import dev.ringshard.internal.ownership.KnownRanges;
import dev.ringshard.internal.shard.Shard;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads the first rows of all shards in one order. A hash spreads rows evenly, so of the first 100 on four shards about 25 are on
 * each: a shard is asked for its share and some more, and for all only if its part turns out to end too early.
 */
final class FirstRows<T> implements PartReader<List<T>> {
    /** By so many standard deviations a shard may exceed its share: one read in thousands asks a shard again. */
    private static final double MARGIN = 4;

    /** Few different numbers, so that the texts with them are prepared already. */
    private static final int STEP = 8;

    private final RingRead<T> read;
    private final Comparator<T> order;
    private final int wanted;
    private final @Nullable Object[] parameters;
    private final Map<Shard, Integer> asked = new ConcurrentHashMap<>();
    private final Set<Shard> tooShort = ConcurrentHashMap.newKeySet();

    FirstRows(RingRead<T> read, Comparator<T> order, int wanted, @Nullable Object... parameters) {
        this.read = read;
        this.order = order;
        this.wanted = wanted;
        this.parameters = parameters;
    }

    @Override
    public Optional<List<T>> ifStill(KnownRanges known, Shard shard) {
        int rows = tooShort.contains(shard) ? wanted : likely(known.held().share());
        Optional<List<T>> part = read.limitedTo(rows).ifStill(known, shard, parameters);
        asked.put(shard, part.isPresent() ? rows : wanted);
        return part;
    }

    @Override
    public ShardPart.Work<List<T>> work() {
        return part -> part.read(read.limitedTo(wanted), parameters);
    }

    /** How many of the wanted rows are on a shard that owns a share of the ring, most probably; all where it is not known. */
    private int likely(double share) {
        double rows = wanted * share;
        double deviation = Math.sqrt(rows * (1 - share));
        double enough = Math.ceil((rows + MARGIN * deviation) / STEP) * STEP;
        return share <= 0 ? wanted : (int) Math.min(wanted, enough);
    }

    /** The first of all rows. */
    List<T> merged(Collection<List<T>> parts) {
        List<T> all = new ArrayList<>();
        parts.forEach(all::addAll);
        all.sort(order); // which finds the parts sorted, and only merges them
        return all.size() > wanted ? all.subList(0, wanted) : all;
    }

    /**
     * The shards that may have rows before the last of {@link #merged}, beyond those that they were asked for; they are asked for
     * all from now on.
     */
    Set<Shard> tooShort(Map<Shard, List<T>> parts) {
        List<T> merged = merged(parts.values());
        Set<Shard> found = new HashSet<>();
        parts.forEach((shard, part) -> {
            if (endsBefore(merged, part, asked.getOrDefault(shard, wanted))) {
                found.add(shard);
            }
        });
        tooShort.addAll(found);
        return found;
    }

    private boolean endsBefore(List<T> merged, List<T> part, int rows) {
        if (rows >= wanted || part.size() < rows) {
            return false;
        }
        return merged.size() < wanted || order.compare(part.get(rows - 1), merged.get(wanted - 1)) < 0;
    }
}
