package dev.ringshard.rebalance;

import java.math.BigInteger;

/**
 * How many rows there are and what they add up to, whatever their order: the sum of one 64-bit hash for each row.
 *
 * @param rows how many
 * @param sum of their hashes
 */
record Digest(long rows, BigInteger sum) {
    static final Digest NONE = new Digest(0, BigInteger.ZERO);

    Digest plus(Digest other) {
        return new Digest(rows + other.rows, sum.add(other.sum));
    }

    Digest plusRow(long hash) {
        return new Digest(rows + 1, sum.add(BigInteger.valueOf(hash)));
    }

    /** As stored with a handover. */
    String text() {
        return sum.toString(Character.MAX_RADIX);
    }
}
