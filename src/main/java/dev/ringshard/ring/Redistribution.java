package dev.ringshard.ring;

import dev.ringshard.ring.TokenMap.Entry;
import java.math.BigInteger;
import java.util.Comparator;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Hands tokens from the shards that give to those that take until both sides have settled, and leaves as few ranges as it
 * can. For one thread.
 *
 * <p>What a step does to the number of ranges decides when it comes:
 *
 * <ol>
 *   <li>{@link #swallow()}: whole ranges go to a neighbour. Each makes one range less, so the smallest come first.
 *   <li>{@link #widen()}: ranges grow over a part of their neighbour. That costs nothing.
 *   <li>{@link #settleElsewhere()}: the rest goes to shards that are no neighbours. That costs a range wherever one is
 *       cut, so those ends come first where a taker can grow furthest, to both sides and over several ranges of
 *       several givers. That is how a joining shard gets a little of each of many others in few ranges.
 * </ol>
 *
 * <p>INVARIANT: a range is cut only between a part that moves and one that stays, never inside of either.
 *
 * <p>The steps are done twice, first in the middle of each shard's {@link Band}, then in all of it, so that few shards end
 * at the edge, where the next change would have to shave a sliver off them.
 */
final class Redistribution {
    private final RangeNode edge = RangeNode.edge(Quota.ofEdge());
    private final QuotaSide giving;
    private final QuotaSide taking;
    private double need;

    private Redistribution(TokenMap<String> actual, Quotas quotas) {
        this.giving = quotas.giving();
        this.taking = quotas.taking();
        for (Entry<String> entry : actual.merged().entries()) {
            edge.before().insertAfter(entry.range(), quotas.of(entry.value()));
        }
    }

    /** Who owns what afterwards, in as few ranges as possible. */
    static TokenMap<String> of(TokenMap<String> actual, Quotas quotas) {
        Redistribution redistribution = new Redistribution(actual, quotas);
        redistribution.settle();
        quotas.openFully();
        redistribution.settle();
        return redistribution.outcome();
    }

    private void settle() {
        swallow();
        widen();
        settleElsewhere();
    }

    private void swallow() {
        NavigableSet<RangeNode> smallestFirst =
                new TreeSet<>(Comparator.comparingDouble(RangeNode::fraction).thenComparing(RangeNode::range));
        edge.around().forEach(node -> offer(node, smallestFirst));
        while (!smallestFirst.isEmpty()) {
            RangeNode node = smallestFirst.pollFirst();
            Quota taker = neighbourForAllOf(node);
            if (taker != null) {
                RangeNode grown = handOver(node, taker, true);
                offer(grown.before(), smallestFirst);
                offer(grown.after(), smallestFirst);
            }
        }
    }

    private void offer(RangeNode node, Set<RangeNode> candidates) {
        if (gives(node) && (takes(node.before()) || takes(node.after()))) {
            candidates.add(node);
        }
    }

    /** The neighbour that can take all of it, of two the one with more room; null if there is none. */
    private @Nullable Quota neighbourForAllOf(RangeNode node) {
        BigInteger size = node.size();
        if (!node.owner().canSettle(size)) {
            return null;
        }
        Quota before = node.before().owner();
        Quota after = node.after().owner();
        boolean isForBefore = before.side == taking && before.canSettle(size);
        boolean isForAfter = after.side == taking && after.canSettle(size);
        if (isForBefore && isForAfter) {
            return after.limit().compareTo(before.limit()) > 0 ? after : before;
        }
        return isForBefore ? before : isForAfter ? after : null;
    }

    private void widen() {
        for (RangeNode node = edge.after(); node != edge; node = node.after()) {
            node = widen(node);
        }
    }

    /** Grows over both neighbours, and over what comes after them, as far as it and they can; what it has become. */
    private RangeNode widen(RangeNode node) {
        RangeNode grown = node;
        while (takes(grown)) {
            if (gives(grown.before())) {
                grown = handOver(grown.before(), grown.owner(), false);
            } else if (gives(grown.after())) {
                grown = handOver(grown.after(), grown.owner(), true);
            } else {
                return grown;
            }
        }
        return grown;
    }

    private void settleElsewhere() {
        need = share(taking.mostLimit());
        BestFirstQueue candidates = new BestFirstQueue(this::outlook);
        edge.around().forEach(candidates::add);
        for (RangeNode best = candidates.takeBest(); best != null; best = candidates.takeBest()) {
            Quota taker = taking.bestFor(best.size().min(best.owner().limit()));
            widen(handOver(best, taker, !gives(best.after())));
            need = share(taking.mostLimit());
            candidates.add(best);
        }
    }

    /**
     * How much a taker would get that settles at the end of this range and grows to both sides, as a share of the ring.
     * INVARIANT: it never rises, because what can still be given and taken only shrinks.
     */
    private double outlook(RangeNode node) {
        double backwards = outlook(node, RangeNode::before, need);
        return backwards == 0 ? 0 : backwards + outlook(node.after(), RangeNode::after, need - backwards);
    }

    private double outlook(RangeNode from, UnaryOperator<RangeNode> onward, double enough) {
        double gain = 0;
        RangeNode at = from;
        while (at.owner().side == giving && gain < enough) {
            double size = at.fraction();
            double limit = share(at.owner().limit());
            gain += Math.min(size, limit);
            at = limit < size ? edge : onward.apply(at);
        }
        return Math.min(gain, enough);
    }

    /** Rounded, and quick: for choosing. Amounts are exact. */
    private static double share(BigInteger tokens) {
        return tokens.doubleValue() * 0x1p-64;
    }

    private boolean gives(RangeNode node) {
        return node.owner().side == giving && node.owner().isOpen();
    }

    private boolean takes(RangeNode node) {
        return node.owner().side == taking && node.owner().isOpen();
    }

    /** Hands over as much of the range as its owner and the taker can; what that is now part of. */
    private static RangeNode handOver(RangeNode node, Quota taker, boolean fromItsStart) {
        BigInteger size = node.size();
        BigInteger tokens = size.min(node.owner().limit()).min(taker.limit());
        node.owner().settle(tokens);
        taker.settle(tokens);
        if (tokens.equals(size)) {
            return node.handOver(taker);
        }
        return fromItsStart ? node.handOverFirst(tokens, taker) : node.handOverLast(tokens, taker);
    }

    private TokenMap<String> outcome() {
        TokenMap.Builder<String> outcome = TokenMap.builder();
        edge.around().forEach(node -> outcome.put(node.range(), node.owner().shard));
        return outcome.build();
    }
}
