package dev.ringshard.ring;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** How many tokens each member should own, in proportion to its weight, in whole tokens. */
final class FairShares {
    private static final BigInteger RING = TokenRange.ALL.size();

    private FairShares() {}

    /**
     * The fair share of each member, by name. Each is rounded down, and the tokens that this leaves over go to the first
     * by name that take part, one each, so the sum is exactly 2^64.
     *
     * @param members sorted by name; at least one of a weight above 0
     */
    static SortedMap<String, BigInteger> of(List<Member> members) {
        BigDecimal allWeights = members.stream().map(FairShares::weight).reduce(BigDecimal.ZERO, BigDecimal::add);
        SortedMap<String, BigInteger> shares = new TreeMap<>();
        BigInteger left = RING;
        for (Member member : members) {
            BigInteger share = new BigDecimal(RING)
                    .multiply(weight(member))
                    .divideToIntegralValue(allWeights)
                    .toBigInteger();
            shares.put(member.shard(), share);
            left = left.subtract(share);
        }
        handOut(left.intValueExact(), members, shares);
        return shares;
    }

    private static void handOut(int left, List<Member> members, SortedMap<String, BigInteger> shares) {
        // Fewer are left than members take part, because each was rounded down by less than one.
        members.stream()
                .filter(Member::takesPart)
                .limit(left)
                .forEach(member -> shares.merge(member.shard(), BigInteger.ONE, BigInteger::add));
    }

    /** Exactly the number that the double is, so sums are exact too, in whatever order. */
    private static BigDecimal weight(Member member) {
        return new BigDecimal(member.weight());
    }
}
