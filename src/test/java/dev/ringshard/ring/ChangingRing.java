package dev.ringshard.ring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.internal.ring.RangeMove;
import dev.ringshard.internal.ring.RingDifference;
import dev.ringshard.ring.TokenMap.Entry;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * A ring of the strategy {@code balanced} whose members change again and again, each time planned from where the change
 * before has left it. After each change it checks what the strategy promises, and remembers the worst that it saw.
 */
final class ChangingRing {
    private static final RingStrategy BALANCED = RingStrategies.named("balanced");
    private static final BigInteger RING = BigInteger.TWO.pow(64);
    private static final int STEPS_TO_APPLY = 10; // Slow, and a law of every difference, so only now and then.

    private final SplittableRandom random;
    private final List<Member> members = new ArrayList<>();
    private TokenMap<String> actual;
    private Map<String, BigInteger> owned = Map.of();
    private Map<String, BigInteger> fair = Map.of();
    private int named;
    private String said = "";

    double greatestShare;
    double smallestShare = Double.MAX_VALUE;
    int mostRanges;
    double mostRangesForWeight;
    long planned;
    long nanos;

    /** From an ownership that may lie outside of what the strategy promises. */
    ChangingRing(SplittableRandom random, TokenMap<String> actual) {
        this.random = random;
        this.actual = actual;
        this.owned = owned(actual);
    }

    /** Newly founded, of shards of weight 1. */
    ChangingRing(SplittableRandom random, int shards) {
        this(random, TokenMap.<String>builder().build());
        for (int i = 0; i < shards; i++) {
            members.add(newcomer(1));
        }
        actual = plan();
        owned = owned(actual);
    }

    int size() {
        return members.size();
    }

    /** Only the joining shard gets anything, exactly its fair share. */
    void join(String what, double weight) {
        said = what;
        Member newcomer = newcomer(weight);
        members.add(newcomer);
        List<RangeMove> moves = change();
        assertThat(moves).as(said).allMatch(move -> move.target().equals(newcomer.shard()));
        assertThat(tokens(moves)).as(said).isEqualTo(fair.get(newcomer.shard()));
    }

    /** Only the leaving shard loses anything, exactly what it owns; it does not matter how it is told to leave. */
    void leave(String what) {
        said = what;
        Member leaving = members.remove(random.nextInt(members.size()));
        BigInteger tokens = owned.getOrDefault(leaving.shard(), BigInteger.ZERO);
        if (random.nextBoolean()) {
            members.add(new Member(leaving.shard(), 0));
        }
        List<RangeMove> moves = change();
        members.removeIf(member -> !member.takesPart());
        assertThat(moves).as(said).allMatch(move -> move.source().equals(leaving.shard()));
        assertThat(tokens(moves)).as(said).isEqualTo(tokens);
        assertThat(owned).as(said).doesNotContainKey(leaving.shard());
    }

    /** Some shard gets another weight. */
    void reweigh(String what, double weight) {
        said = what;
        int at = random.nextInt(members.size());
        members.set(at, new Member(members.get(at).shard(), weight));
        change();
    }

    /** Whatever changes come at once. */
    void changeTo(String what, List<Member> wanted) {
        said = what;
        members.clear();
        members.addAll(wanted);
        change();
    }

    /** The worst that was seen so far, for people. */
    String figures() {
        return String.format(
                Locale.ROOT,
                "greatest share %.4f and smallest %.4f of fair, most ranges %d (for its weight %.1f), %.2f ms a plan",
                greatestShare,
                smallestShare,
                mostRanges,
                mostRangesForWeight,
                nanos / 1e6 / planned);
    }

    private List<RangeMove> change() {
        TokenMap<String> target = plan();
        fair = fairShares();
        List<RangeMove> moves = RingDifference.between(actual, target);
        assertThat(tokens(moves)).as(said).isEqualTo(leastToMove());
        if (planned % STEPS_TO_APPLY == 1) {
            assertThat(RingDifference.apply(actual, moves)).as(said).isEqualTo(target);
        }
        assertNobodyGivesAndTakes(moves);
        actual = target;
        owned = owned(target);
        lookAtShares();
        lookAtRanges();
        return moves;
    }

    private TokenMap<String> plan() {
        List<Member> anyOrder = RandomRings.shuffled(members, random);
        long before = System.nanoTime();
        TokenMap<String> target = BALANCED.target(actual, KeyHashes.MD5, 1, anyOrder);
        nanos += System.nanoTime() - before;
        planned++;
        return target;
    }

    /** What lies above 105 per cent, or is missing to 90; all of what leaves, and all that a newcomer should have. */
    private BigInteger leastToMove() {
        Set<String> shards = new HashSet<>(owned.keySet());
        shards.addAll(fair.keySet());
        BigInteger above = BigInteger.ZERO;
        BigInteger below = BigInteger.ZERO;
        for (String shard : shards) {
            BigInteger share = fair.getOrDefault(shard, BigInteger.ZERO);
            BigInteger has = owned.getOrDefault(shard, BigInteger.ZERO);
            boolean isNew = has.signum() == 0;
            above = above.add(has.subtract(share).subtract(part(share, 5)).max(BigInteger.ZERO));
            below = below.add(share.subtract(isNew ? BigInteger.ZERO : part(share, 10))
                    .subtract(has)
                    .max(BigInteger.ZERO));
        }
        return above.max(below);
    }

    private void assertNobodyGivesAndTakes(List<RangeMove> moves) {
        Set<String> both = new HashSet<>(moves.stream().map(RangeMove::source).toList());
        both.retainAll(moves.stream().map(RangeMove::target).toList());
        assertThat(both).as(said).isEmpty();
    }

    private void lookAtShares() {
        assertThat(owned.keySet()).as(said).isSubsetOf(fair.keySet());
        fair.forEach((shard, share) -> {
            BigInteger has = owned.getOrDefault(shard, BigInteger.ZERO);
            if (has.compareTo(share.subtract(part(share, 10))) < 0 || has.compareTo(share.add(part(share, 5))) > 0) {
                throw new AssertionError(said + ": " + shard + " owns " + has + ", and its fair share is " + share);
            }
            if (share.signum() > 0) {
                double ofFair = has.doubleValue() / share.doubleValue();
                greatestShare = Math.max(greatestShare, ofFair);
                smallestShare = Math.min(smallestShare, ofFair);
            }
        });
    }

    private void lookAtRanges() {
        Map<String, Integer> ranges = new HashMap<>();
        for (Entry<String> entry : actual.entries()) {
            ranges.merge(entry.value(), 1, Integer::sum);
        }
        double mean = members.stream().mapToDouble(Member::weight).average().orElseThrow();
        for (Member member : members) {
            int count = ranges.getOrDefault(member.shard(), 0);
            mostRanges = Math.max(mostRanges, count);
            mostRangesForWeight = Math.max(mostRangesForWeight, count / Math.max(1, member.weight() / mean));
        }
    }

    /** For weights that are whole numbers of sixteenths; by another way than the strategy's. */
    private Map<String, BigInteger> fairShares() {
        Map<String, BigInteger> shares = new HashMap<>();
        BigInteger all = members.stream().map(ChangingRing::sixteenths).reduce(BigInteger.ZERO, BigInteger::add);
        members.forEach(member ->
                shares.put(member.shard(), RING.multiply(sixteenths(member)).divide(all)));
        BigInteger given = shares.values().stream().reduce(BigInteger.ZERO, BigInteger::add);
        members.stream()
                .filter(Member::takesPart)
                .map(Member::shard)
                .sorted()
                .limit(RING.subtract(given).longValueExact())
                .forEach(shard -> shares.merge(shard, BigInteger.ONE, BigInteger::add));
        return shares;
    }

    private static BigInteger sixteenths(Member member) {
        return BigInteger.valueOf(Math.round(member.weight() * 16));
    }

    private static BigInteger part(BigInteger share, int percent) {
        return share.multiply(BigInteger.valueOf(percent)).divide(BigInteger.valueOf(100));
    }

    private static BigInteger tokens(List<RangeMove> moves) {
        return moves.stream().map(move -> move.range().size()).reduce(BigInteger.ZERO, BigInteger::add);
    }

    private static Map<String, BigInteger> owned(TokenMap<String> map) {
        Map<String, BigInteger> tokens = new HashMap<>();
        map.entries().forEach(entry -> tokens.merge(entry.value(), entry.range().size(), BigInteger::add));
        return tokens;
    }

    private Member newcomer(double weight) {
        return new Member("s" + named++, weight);
    }
}
