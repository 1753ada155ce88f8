package dev.ringshard.ring;

import dev.ringshard.failure.InvalidInputException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An immutable map from token ranges to values; ranges do not overlap, and gaps are allowed. A look-up takes constant
 * time and makes no garbage (see {@link FloorIndex}). Safe for use by many threads. Two maps are equal if they have
 * the same ranges, cut in the same places, with equal values.
 *
 * @param <V> immutable, with an {@code equals} of its own
 */
public final class TokenMap<V> {

    /** A range and what stands in it. */
    public record Entry<V>(TokenRange range, V value) {}

    private final List<Entry<V>> entries;
    private final List<V> values;
    private final long[] lasts;
    private final FloorIndex index;

    private TokenMap(List<Entry<V>> sorted) {
        this.entries = List.copyOf(sorted);
        this.values = entries.stream().map(Entry::value).toList();
        this.lasts = entries.stream().mapToLong(entry -> entry.range().last()).toArray();
        this.index = new FloorIndex(
                entries.stream().mapToLong(entry -> entry.range().first()).toArray());
    }

    /**
     * The map of these entries, given in any order; none of them is the map of one gap.
     *
     * @throws InvalidInputException if two ranges overlap
     */
    public static <V> TokenMap<V> of(Collection<Entry<V>> entries) {
        List<Entry<V>> sorted = new ArrayList<>(entries);
        sorted.sort((one, other) -> one.range().compareTo(other.range()));
        for (int i = 1; i < sorted.size(); i++) {
            refuseOverlap(sorted.get(i - 1), sorted.get(i));
        }
        return new TokenMap<>(sorted);
    }

    public static <V> Builder<V> builder() {
        return new Builder<>();
    }

    /** What stands at the token; null in a gap. */
    public @Nullable V get(long token) {
        int at = index.floor(token);
        return holds(at, token) ? values.get(at) : null;
    }

    /** The range that the token is in; null in a gap. */
    public @Nullable TokenRange rangeOf(long token) {
        int at = index.floor(token);
        return holds(at, token) ? entries.get(at).range() : null;
    }

    /** All entries in ascending order; unmodifiable. */
    public List<Entry<V>> entries() {
        return entries;
    }

    /** Whether every token of the ring is in a range. */
    public boolean isComplete() {
        return gaps().isEmpty();
    }

    /** The maximal ranges that hold nothing, in ascending order; empty if the map is complete. */
    public List<TokenRange> gaps() {
        List<TokenRange> gaps = new ArrayList<>();
        long next = Long.MIN_VALUE;
        for (Entry<V> entry : entries) {
            TokenRange range = entry.range();
            if (next < range.first()) {
                gaps.add(new TokenRange(next, range.first() - 1));
            }
            if (range.last() == Long.MAX_VALUE) {
                return List.copyOf(gaps);
            }
            next = range.last() + 1;
        }
        gaps.add(new TokenRange(next, Long.MAX_VALUE));
        return List.copyOf(gaps);
    }

    /** The whole ring, cut wherever this map or the other one is, gaps too; in ascending order. */
    public List<TokenRange> commonPieces(TokenMap<?> other) {
        List<TokenRange> pieces = new ArrayList<>();
        long first = Long.MIN_VALUE;
        while (true) {
            long last = Math.min(lastOfPiece(first), other.lastOfPiece(first));
            pieces.add(new TokenRange(first, last));
            if (last == Long.MAX_VALUE) {
                return pieces;
            }
            first = last + 1;
        }
    }

    /**
     * Checks that an assignment gives every token to an owner.
     *
     * @param which of several assignments it is, for the message, such as {@code actual}
     * @throws InvalidInputException if this map does not cover the whole ring
     */
    public void requireComplete(String which) {
        List<TokenRange> gaps = gaps();
        if (!gaps.isEmpty()) {
            throw new InvalidInputException("Nobody owns " + gaps.get(0) + " in the " + which + " assignment"
                    + (gaps.size() == 1 ? "" : ", nor " + (gaps.size() - 1) + " more ranges")
                    + ", so what to move there is unknown. Nothing was read or written."
                    + " Wait until all shards have said what they own, or run recover.");
        }
    }

    /** The value's share of the whole ring, from 0 (it stands nowhere) to 1, as exact as a double adds up. */
    public double fractionOf(V value) {
        return shares().getOrDefault(value, 0.0);
    }

    /** Each value's share of the whole ring, in the order in which the values first appear; unmodifiable. */
    public Map<V, Double> shares() {
        Map<V, Double> shares = new LinkedHashMap<>();
        for (Entry<V> entry : entries) {
            shares.merge(entry.value(), entry.range().fraction(), Double::sum);
        }
        return Collections.unmodifiableMap(shares);
    }

    /** The same values in as few ranges as possible: neighbours of equal value are joined. */
    public TokenMap<V> merged() {
        List<Entry<V>> merged = new ArrayList<>();
        for (Entry<V> entry : entries) {
            int end = merged.size() - 1;
            if (end >= 0 && continues(merged.get(end), entry)) {
                TokenRange whole = new TokenRange(
                        merged.get(end).range().first(), entry.range().last());
                merged.set(end, new Entry<>(whole, entry.value()));
            } else {
                merged.add(entry);
            }
        }
        return new TokenMap<>(merged);
    }

    /** The last token up to which the map says the same as at this one: of its range, or of the gap that it is in. */
    long lastOfPiece(long token) {
        int at = index.floor(token);
        if (holds(at, token)) {
            return lasts[at];
        }
        return at + 1 < lasts.length ? entries.get(at + 1).range().first() - 1 : Long.MAX_VALUE;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TokenMap<?> map && entries.equals(map.entries);
    }

    @Override
    public int hashCode() {
        return entries.hashCode();
    }

    @Override
    public String toString() {
        return entries.toString();
    }

    private boolean holds(int at, long token) {
        return at >= 0 && token <= lasts[at];
    }

    private static <V> boolean continues(Entry<V> before, Entry<V> entry) {
        return before.range().isRightBefore(entry.range()) && before.value().equals(entry.value());
    }

    private static <V> void refuseOverlap(Entry<V> before, Entry<V> entry) {
        if (before.range().overlaps(entry.range())) {
            throw new InvalidInputException("The token ranges " + before.range() + " (" + before.value() + ") and "
                    + entry.range() + " (" + entry.value() + ") overlap, and a token can have one value only."
                    + " Nothing was read or written. Give each token to one of them.");
        }
    }

    /** Collects ranges in any order. For one thread. */
    public static final class Builder<V> {
        private final List<Entry<V>> entries = new ArrayList<>();

        private Builder() {}

        public Builder<V> put(TokenRange range, V value) {
            entries.add(new Entry<>(range, value));
            return this;
        }

        /**
         * The map of what was put so far.
         *
         * @throws InvalidInputException if two ranges overlap
         */
        public TokenMap<V> build() {
            return of(entries);
        }
    }
}
