package dev.ringshard.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.ring.TokenMap.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Small rings, all of them, and the edges; long histories are in {@link BalancedWalkTest}. */
class BalancedTest {
    private static final RingStrategy BALANCED = RingStrategies.named("balanced");
    private static final TokenMap<String> NOBODYS = TokenMap.<String>builder().build();

    /** Two single tokens at the ends among them, and blocks of very different sizes. */
    private static final List<TokenRange> BLOCKS = List.of(
            new TokenRange(Long.MIN_VALUE, Long.MIN_VALUE),
            new TokenRange(Long.MIN_VALUE + 1, -1),
            new TokenRange(0, (1L << 61) - 1),
            new TokenRange(1L << 61, Long.MAX_VALUE - 1),
            new TokenRange(Long.MAX_VALUE, Long.MAX_VALUE));

    @Test
    void a_new_cluster_gets_one_range_for_each_shard_as_its_weight_says() {
        TokenMap<String> founded =
                target(NOBODYS, new Member("c", 0), new Member("b", 3), new Member("a", 1), new Member("d", 4));
        assertThat(founded.entries())
                .containsExactly(
                        new Entry<>(new TokenRange(Long.MIN_VALUE, -(3L << 61) - 1), "a"),
                        new Entry<>(new TokenRange(-(3L << 61), -1), "b"),
                        new Entry<>(new TokenRange(0, Long.MAX_VALUE), "d"));
    }

    @Test
    void what_cannot_be_divided_goes_to_the_first_by_name() {
        TokenMap<String> founded = target(NOBODYS, new Member("a", 1), new Member("b", 1), new Member("c", 1));
        assertThat(founded.isComplete()).isTrue();
        assertThat(founded.entries().stream().map(entry -> entry.range().size().longValue()))
                .containsExactly(0x5555_5555_5555_5556L, 0x5555_5555_5555_5555L, 0x5555_5555_5555_5555L);
    }

    @Test
    void every_small_ring_ends_as_promised_whatever_changes_at_once() {
        List<List<Member>> wanted = memberships(List.of("a", "b", "c", "d"));
        for (int owners = 0; owners < Math.pow(3, BLOCKS.size()); owners++) {
            for (List<Member> members : wanted) {
                ChangingRing ring = new ChangingRing(new SplittableRandom(owners), owned(owners));
                String what = "owners " + owners + ", members " + members;
                ring.changeTo(what, members);
            }
        }
    }

    @Test
    void five_shards_come_one_after_the_other_and_go_in_every_order() {
        for (int order = 0; order < 120; order++) {
            ChangingRing ring = new ChangingRing(new SplittableRandom(order), 1);
            for (int joining = 2; joining <= 5; joining++) {
                ring.join("order " + order + ", joining " + joining, 1);
            }
            for (int leaving = 5; leaving > 1; leaving--) {
                ring.leave("order " + order + ", leaving " + leaving);
            }
            assertThat(ring.mostRanges).as("order %d", order).isLessThanOrEqualTo(4);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void a_ring_of_virtual_nodes_becomes_balanced_and_moves_no_more_than_that_needs(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            members.add(new Member("s" + i, 1));
        }
        TokenMap<String> classic = new Ring(KeyHashes.MD5, 128, members).assignment();
        ChangingRing ring = new ChangingRing(random, classic);
        ring.changeTo("seed " + seed, members);
        members.removeIf(member -> random.nextInt(4) == 0);
        members.add(new Member("new", 2));
        members.add(new Member("newer", 0.5));
        ring.changeTo("seed " + seed + ", others", members);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void a_target_is_its_own_target(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Member[] members = {new Member("s1", 1), new Member("t1", random.nextDouble(0.1, 9)), new Member("z", 1)};
        TokenMap<String> target = target(RandomRings.ring(random).assignment(), members);
        assertThat(target(target, members)).as("seed %d", seed).isEqualTo(target);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void only_the_members_and_who_owns_what_matter(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Ring classic = RandomRings.ring(random);
        List<Member> members = List.of(new Member("s1", 1), new Member("t1", 2.5), new Member("z", 1));
        TokenMap<String> target = BALANCED.target(classic.assignment(), KeyHashes.MD5, 1, members);
        assertThat(BALANCED.target(
                        cutAnywhere(classic.assignment(), random),
                        KeyHashes.XXH3,
                        128,
                        RandomRings.shuffled(members, random)))
                .as("seed %d", seed)
                .isEqualTo(target);
        assertThat(target.merged()).as("seed %d, as few ranges as can be", seed).isEqualTo(target);
    }

    @Test
    void a_weight_next_to_nothing_gets_next_to_nothing() {
        Member giant = new Member("giant", 1e300);
        Member dwarf = new Member("dwarf", 1e-300);
        TokenMap<String> giants = target(NOBODYS, giant, dwarf);
        assertThat(giants.fractionOf("giant")).isGreaterThan(0.999);
        assertThat(giants.isComplete()).isTrue();
        assertThat(target(giants, dwarf).entries()).containsExactly(new Entry<>(TokenRange.ALL, "dwarf"));
        assertThat(target(target(giants, dwarf), giant, dwarf).shares()).isEqualTo(giants.shares());
    }

    @Test
    void tokens_that_nobody_owns_are_refused() {
        TokenMap<String> half =
                TokenMap.<String>builder().put(new TokenRange(0, 9), "a").build();
        assertThatThrownBy(() -> target(half, new Member("a", 1)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("Nobody owns [-9223372036854775808, -1] in the actual assignment");
    }

    @Test
    void members_that_make_no_ring_are_refused() {
        assertThatThrownBy(() -> target(NOBODYS, new Member("a", 0)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("no shard with a weight above 0");
        assertThatThrownBy(() -> target(NOBODYS, new Member("a", 1), new Member("a", 2)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("Two members of the ring are named a");
    }

    static LongStream seeds() {
        return LongStream.range(0, 50);
    }

    private static TokenMap<String> target(TokenMap<String> actual, Member... members) {
        return BALANCED.target(actual, KeyHashes.MD5, 128, List.of(members));
    }

    /** The blocks owned by a, b and c, as the digits to the base of three say. */
    private static TokenMap<String> owned(int digits) {
        TokenMap.Builder<String> owned = TokenMap.builder();
        int rest = digits;
        for (TokenRange block : BLOCKS) {
            owned.put(block, List.of("a", "b", "c").get(rest % 3));
            rest /= 3;
        }
        return owned.build();
    }

    /** Every combination of shards that are absent, have a weight of 1 or one of 3, but not all of them absent. */
    private static List<List<Member>> memberships(List<String> shards) {
        List<List<Member>> all = new ArrayList<>(List.of(List.of()));
        for (String shard : shards) {
            for (List<Member> without : List.copyOf(all)) {
                for (double weight : new double[] {1, 3}) {
                    List<Member> with = new ArrayList<>(without);
                    with.add(new Member(shard, weight));
                    all.add(with);
                }
            }
        }
        all.removeIf(List::isEmpty);
        return all;
    }

    private static TokenMap<String> cutAnywhere(TokenMap<String> map, SplittableRandom random) {
        TokenMap.Builder<String> cut = TokenMap.builder();
        for (Entry<String> entry : map.entries()) {
            TokenRange range = entry.range();
            if (range.first() == range.last()) {
                cut.put(range, entry.value());
            } else {
                long at = range.last() == Long.MAX_VALUE
                        ? range.last() - 1
                        : random.nextLong(range.first(), range.last());
                cut.put(new TokenRange(range.first(), at), entry.value());
                cut.put(new TokenRange(at + 1, range.last()), entry.value());
            }
        }
        return cut.build();
    }
}
