package dev.ringshard.ring;

import dev.ringshard.failure.InvalidInputException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The tokens from {@code first} to {@code last}, both inclusive. A range never wraps: what lies across the ring's wrap
 * is two ranges. In SQL: {@code ring_token BETWEEN first AND last}. Ordered by first, then by last.
 *
 * @param first at most {@code last}
 */
public record TokenRange(long first, long last) implements Comparable<TokenRange> {

    /** The whole ring. */
    public static final TokenRange ALL = new TokenRange(Long.MIN_VALUE, Long.MAX_VALUE);

    private static final double RING_SIZE = 0x1p64;

    /** @throws InvalidInputException if {@code first} is greater than {@code last} */
    public TokenRange {
        if (first > last) {
            throw new InvalidInputException("A token range begins at " + first + " and ends before that, at " + last
                    + ". Nothing was read or written. Write a range across the ring's wrap as two.");
        }
    }

    public boolean contains(long token) {
        return first <= token && token <= last;
    }

    /** Whether every token of the other is also one of this. */
    public boolean contains(TokenRange other) {
        return first <= other.first && other.last <= last;
    }

    /** Whether any token is in both. */
    public boolean overlaps(TokenRange other) {
        return first <= other.last && other.first <= last;
    }

    /** The tokens that are in both; empty if there are none. */
    public Optional<TokenRange> intersection(TokenRange other) {
        return overlaps(other)
                ? Optional.of(new TokenRange(Math.max(first, other.first), Math.min(last, other.last)))
                : Optional.empty();
    }

    /** The tokens of this that are not in the other: none, one or two ranges, ascending. */
    public List<TokenRange> without(TokenRange other) {
        if (!overlaps(other)) {
            return List.of(this);
        }
        List<TokenRange> rest = new ArrayList<>(2);
        if (first < other.first) {
            rest.add(new TokenRange(first, other.first - 1));
        }
        if (other.last < last) {
            rest.add(new TokenRange(other.last + 1, last));
        }
        return List.copyOf(rest);
    }

    /** Whether the next range begins at the token right after this one's last. The ring's two ends do not meet here. */
    public boolean isRightBefore(TokenRange next) {
        return last != Long.MAX_VALUE && last + 1 == next.first;
    }

    /** How many tokens it holds, from 1 to 2^64. */
    BigInteger size() {
        return BigInteger.valueOf(last).subtract(BigInteger.valueOf(first)).add(BigInteger.ONE);
    }

    /** The same in so many parts of nearly one size, ascending; in fewer if it has fewer tokens. */
    public List<TokenRange> split(int parts) {
        BigInteger begin = BigInteger.valueOf(first);
        long count = size().min(BigInteger.valueOf(parts)).longValueExact();
        List<TokenRange> split = new ArrayList<>();
        long next = first;
        for (long i = 1; i <= count; i++) {
            BigInteger end = begin.add(size().multiply(BigInteger.valueOf(i)).divide(BigInteger.valueOf(count)));
            long partLast = end.subtract(BigInteger.ONE).longValueExact();
            split.add(new TokenRange(next, partLast));
            next = partLast + 1; // overflows after the last part of a range that ends the ring, and is not used then
        }
        return List.copyOf(split);
    }

    /** This range's share of the whole ring, greater than 0 and at most 1. */
    public double fraction() {
        return (unsigned(last - first) + 1) / RING_SIZE;
    }

    @Override
    public int compareTo(TokenRange other) {
        int byFirst = Long.compare(first, other.first);
        return byFirst != 0 ? byFirst : Long.compare(last, other.last);
    }

    @Override
    public String toString() {
        return "[" + first + ", " + last + "]";
    }

    private static double unsigned(long value) {
        // Halved with the lost bit kept for rounding, as a signed number; then doubled.
        return value >= 0 ? value : ((value >>> 1) | (value & 1)) * 2.0;
    }
}
