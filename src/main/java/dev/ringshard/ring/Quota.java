package dev.ringshard.ring;

import java.math.BigInteger;

/**
 * One shard's part in a redistribution: the side it is on, how many tokens it still owes to that side, and how many it may
 * give or take. For one thread.
 */
final class Quota {
    final String shard;
    final QuotaSide side;
    private final double fair;
    private BigInteger owed;
    private BigInteger open;
    private BigInteger most;
    private int ranges;

    /**
     * @param owed what it has to give or take
     * @param open what it may at first; at least {@code owed}
     * @param most what it may if that is not enough; at least {@code open}
     */
    Quota(String shard, QuotaSide side, BigInteger fair, BigInteger owed, BigInteger open, BigInteger most) {
        this.shard = shard;
        this.side = side;
        this.fair = fair.doubleValue();
        this.owed = owed;
        this.open = open;
        this.most = most;
    }

    /** Of the edge of the ring, which no shard owns, and which stays as it is. */
    static Quota ofEdge() {
        QuotaSide neither = new QuotaSide(BigInteger.ZERO);
        return new Quota("", neither, BigInteger.ZERO, BigInteger.ZERO, BigInteger.ZERO, BigInteger.ZERO);
    }

    /** What it can give or take now, so that everybody else on its side can still settle what he owes. */
    BigInteger limit() {
        return open.min(owed.add(side.slack()));
    }

    boolean isOpen() {
        return limit().signum() > 0;
    }

    boolean canSettle(BigInteger tokens) {
        return limit().compareTo(tokens) >= 0;
    }

    /** Gives or takes so many tokens, at most its limit. */
    void settle(BigInteger tokens) {
        BigInteger fromOwed = owed.min(tokens);
        side.useSlack(tokens.subtract(fromOwed));
        owed = owed.subtract(fromOwed);
        open = open.subtract(tokens);
        most = most.subtract(tokens);
    }

    BigInteger owed() {
        return owed;
    }

    /** What it may give or take at first beyond what it owes. */
    BigInteger spare() {
        return open.subtract(owed);
    }

    /** Makes it owe so much more, at most what it has to spare. */
    void oweAlso(BigInteger tokens) {
        side.useSlack(tokens);
        owed = owed.add(tokens);
    }

    void openFully() {
        open = most;
    }

    void addRange() {
        ranges++;
    }

    void removeRange() {
        ranges--;
    }

    /** How cut up a shard with a fair share is: its ranges in proportion to it. */
    double crowding() {
        return ranges / fair;
    }
}
