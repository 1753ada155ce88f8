package dev.ringshard.ring;

import java.math.BigInteger;
import java.util.List;
import java.util.stream.Stream;

/**
 * A range of the ring that is being redistributed, linked to its neighbours, which have other owners. Before the first
 * and after the last is the edge, which no shard owns, so every range has two neighbours. For one thread.
 */
final class RangeNode {
    private long first;
    private long last;
    private Quota owner;
    private RangeNode before = this;
    private RangeNode after = this;

    private RangeNode(TokenRange range, Quota owner) {
        this.first = range.first();
        this.last = range.last();
        this.owner = owner;
        owner.addRange();
    }

    /** The edge of a ring without ranges. */
    static RangeNode edge(Quota edge) {
        return new RangeNode(TokenRange.ALL, edge);
    }

    /** Adds a range after this one; the new one. */
    RangeNode insertAfter(TokenRange range, Quota newOwner) {
        RangeNode inserted = new RangeNode(range, newOwner);
        link(inserted, after);
        link(this, inserted);
        return inserted;
    }

    /** All ranges between this edge and itself, in ascending order, as they are now. */
    List<RangeNode> around() {
        return Stream.iterate(after, node -> node != this, RangeNode::after).toList();
    }

    TokenRange range() {
        return new TokenRange(first, last);
    }

    BigInteger size() {
        return range().size();
    }

    /** Its share of the ring, rounded. */
    double fraction() {
        return range().fraction();
    }

    Quota owner() {
        return owner;
    }

    RangeNode before() {
        return before;
    }

    RangeNode after() {
        return after;
    }

    /** Hands all of it over; the range of the new owner that it is now part of. */
    RangeNode handOver(Quota newOwner) {
        owner.removeRange();
        owner = newOwner;
        owner.addRange();
        RangeNode start = before.owner == owner ? before.joinNext() : this;
        return start.after.owner == owner ? start.joinNext() : start;
    }

    /** Hands the first so many tokens over, fewer than all; the range of the new owner that they are now part of. */
    RangeNode handOverFirst(BigInteger tokens, Quota newOwner) {
        TokenRange cut = new TokenRange(first, first + tokens.longValue() - 1);
        first = cut.last() + 1;
        if (before.owner != newOwner) {
            return before.insertAfter(cut, newOwner);
        }
        before.last = cut.last();
        return before;
    }

    /** Hands the last so many tokens over, fewer than all; the range of the new owner that they are now part of. */
    RangeNode handOverLast(BigInteger tokens, Quota newOwner) {
        TokenRange cut = new TokenRange(last - tokens.longValue() + 1, last);
        last = cut.first() - 1;
        if (after.owner != newOwner) {
            return insertAfter(cut, newOwner);
        }
        after.first = cut.first();
        return after;
    }

    /** Takes the next range, of the same owner, into this one. */
    private RangeNode joinNext() {
        last = after.last;
        owner.removeRange();
        link(this, after.after);
        return this;
    }

    private static void link(RangeNode before, RangeNode after) {
        before.after = after;
        after.before = before;
    }
}
