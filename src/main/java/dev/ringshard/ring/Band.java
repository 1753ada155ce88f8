package dev.ringshard.ring;

import java.math.BigInteger;

/**
 * How many tokens a shard may own around its fair share. A shard outside of {@code [least, most]} has to change; a shard
 * inside need not, and if tokens are to be had or wanted elsewhere it changes within {@code [low, high]} where it can, so
 * that the next change does not push it outside again.
 */
record Band(BigInteger least, BigInteger low, BigInteger high, BigInteger most) {
    // In per cent of the fair share. MOST is what capacity is planned by; the rest gave the fewest ranges for it.
    private static final int LEAST = -10;
    private static final int LOW = -3;
    private static final int HIGH = 3;
    private static final int MOST = 5;

    private static final BigInteger HUNDRED = BigInteger.valueOf(100);

    /** Of a shard that owned something and keeps something. */
    static Band around(BigInteger fair) {
        return new Band(off(fair, LEAST), off(fair, LOW), off(fair, HIGH), off(fair, MOST));
    }

    /** Of a shard that joins or leaves: its tokens move anyway, so it gets exactly its fair share. */
    static Band exactly(BigInteger fair) {
        return new Band(fair, fair, fair, fair);
    }

    /** Fair shares are not negative and division rounds towards 0, so a band is never wider than its per cent. */
    private static BigInteger off(BigInteger fair, int percent) {
        return fair.add(fair.multiply(BigInteger.valueOf(percent)).divide(HUNDRED));
    }
}
