package dev.ringshard.ring;

import java.math.BigInteger;

/**
 * What a shard owns, beside what it should.
 *
 * @param owned its tokens
 * @param fair its fair share; 0 if it leaves
 * @param band what it may own
 */
record ShareBalance(BigInteger owned, BigInteger fair, Band band) {

    static ShareBalance of(BigInteger owned, BigInteger fair) {
        boolean stays = owned.signum() > 0 && fair.signum() > 0;
        return new ShareBalance(owned, fair, stays ? Band.around(fair) : Band.exactly(fair));
    }

    /** What it owns above its band; 0 or more. */
    BigInteger surplus() {
        return above(band.most());
    }

    /** What it lacks to be in its band; 0 or more. */
    BigInteger lack() {
        return below(band.least());
    }

    /** What it owns above that, 0 or more. */
    BigInteger above(BigInteger tokens) {
        return owned.subtract(tokens).max(BigInteger.ZERO);
    }

    /** What it lacks to own that, 0 or more. */
    BigInteger below(BigInteger tokens) {
        return tokens.subtract(owned).max(BigInteger.ZERO);
    }
}
