package dev.ringshard.internal.ownership;

import dev.ringshard.ring.TokenMap;
import dev.ringshard.ring.TokenRange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What a shard says of the owner of a range.
 *
 * @param epoch of two claims to one token, the higher one is the newer knowledge
 * @param owner with an {@code equals} of its own
 */
public record Claim<V>(TokenRange range, long epoch, V owner) {

    /**
     * One map of what all say, in as few ranges as possible. Shards are asked one after the other, so two may both claim a
     * token that moved in between.
     */
    public static <V> TokenMap<V> newest(Collection<Claim<V>> claims) {
        List<Claim<V>> oldestFirst = new ArrayList<>(claims);
        oldestFirst.sort(Comparator.comparingLong(Claim::epoch));
        NavigableMap<Long, Claim<V>> newest = new TreeMap<>();
        oldestFirst.forEach(claim -> claim.overwrite(newest));
        return TokenMap.of(newest.values().stream()
                        .map(claim -> new TokenMap.Entry<>(claim.range, claim.owner))
                        .toList())
                .merged();
    }

    /** Takes this claim's range away from all that are in the map, which is by first token and without overlap. */
    private void overwrite(NavigableMap<Long, Claim<V>> newest) {
        Map.Entry<Long, Claim<V>> before = newest.floorEntry(range.last());
        while (before != null && before.getValue().range.last() >= range.first()) {
            Claim<V> older = newest.remove(before.getKey());
            if (older.range.first() < range.first()) {
                newest.put(older.range.first(), older.within(older.range.first(), range.first() - 1));
            }
            if (older.range.last() > range.last()) {
                newest.put(range.last() + 1, older.within(range.last() + 1, older.range.last()));
            }
            before = newest.floorEntry(range.last());
        }
        newest.put(range.first(), this);
    }

    private Claim<V> within(long first, long last) {
        return new Claim<>(new TokenRange(first, last), epoch, owner);
    }
}
