package dev.ringshard.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.ring.TokenMap.Entry;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Rings small enough to be checked by eye. */
class RingTest {

    @Test
    void one_shard_owns_everything_in_one_range() {
        assertThat(ring(3, new Member("a", 1)).assignment().entries())
                .containsExactly(new Entry<>(TokenRange.ALL, "a"));
    }

    @Test
    void a_token_belongs_to_the_first_virtual_node_at_or_after_it_and_the_wrap_is_two_ranges() {
        KeyHash hash = RandomRings.fixed(Map.of("a#0", -100L, "b#0", 100L));
        assertThat(new Ring(hash, 1, List.of(new Member("a", 1), new Member("b", 1)))
                        .assignment()
                        .entries())
                .containsExactly(
                        new Entry<>(new TokenRange(Long.MIN_VALUE, -100), "a"),
                        new Entry<>(new TokenRange(-99, 100), "b"),
                        new Entry<>(new TokenRange(101, Long.MAX_VALUE), "a"));
    }

    @Test
    void a_virtual_node_at_the_last_token_leaves_no_wrap() {
        KeyHash hash = RandomRings.fixed(Map.of("a#0", 0L, "b#0", Long.MAX_VALUE));
        assertThat(new Ring(hash, 1, List.of(new Member("a", 1), new Member("b", 1)))
                        .assignment()
                        .entries())
                .containsExactly(
                        new Entry<>(new TokenRange(Long.MIN_VALUE, 0), "a"),
                        new Entry<>(new TokenRange(1, Long.MAX_VALUE), "b"));
    }

    @Test
    void a_virtual_node_at_the_first_token_owns_it_and_what_wraps() {
        KeyHash hash = RandomRings.fixed(Map.of("a#0", Long.MIN_VALUE, "b#0", 0L));
        assertThat(new Ring(hash, 1, List.of(new Member("a", 1), new Member("b", 1)))
                        .assignment()
                        .entries())
                .containsExactly(
                        new Entry<>(new TokenRange(Long.MIN_VALUE, Long.MIN_VALUE), "a"),
                        new Entry<>(new TokenRange(Long.MIN_VALUE + 1, 0), "b"),
                        new Entry<>(new TokenRange(1, Long.MAX_VALUE), "a"));
    }

    @Test
    void where_two_stand_at_one_token_the_smaller_name_wins() {
        KeyHash hash = RandomRings.fixed(Map.of("a#0", 7L, "b#0", 7L, "c#0", 9L));
        Member a = new Member("a", 1);
        Member b = new Member("b", 1);
        Member c = new Member("c", 1);
        assertThat(new Ring(hash, 1, List.of(c, b, a)).assignment().get(7)).isEqualTo("a");
        assertThat(new Ring(hash, 1, List.of(c, b)).assignment().get(7)).isEqualTo("b");
    }

    @Test
    void neighbouring_virtual_nodes_of_one_shard_make_one_range() {
        KeyHash hash = RandomRings.fixed(Map.of("a#0", -5L, "a#1", 5L, "b#0", 50L, "b#1", 60L));
        assertThat(new Ring(hash, 2, List.of(new Member("a", 1), new Member("b", 1)))
                        .assignment()
                        .entries())
                .containsExactly(
                        new Entry<>(new TokenRange(Long.MIN_VALUE, 5), "a"),
                        new Entry<>(new TokenRange(6, 60), "b"),
                        new Entry<>(new TokenRange(61, Long.MAX_VALUE), "a"));
    }

    @Test
    void a_shard_has_virtual_nodes_by_its_weight_rounded_and_at_least_one() {
        Ring ring =
                ring(3, new Member("none", 0), new Member("tiny", 0.01), new Member("one", 1), new Member("more", 1.5));
        assertThat(nodesOf(ring, "none")).isZero();
        assertThat(nodesOf(ring, "tiny")).isEqualTo(1);
        assertThat(nodesOf(ring, "one")).isEqualTo(3);
        assertThat(nodesOf(ring, "more")).isEqualTo(5);
    }

    @Test
    void the_order_of_members_makes_no_difference_even_to_equality() {
        Member a = new Member("a", 1);
        Member b = new Member("b", 2);
        assertThat(ring(8, a, b)).isEqualTo(ring(8, b, a));
    }

    @Test
    void a_ring_of_nobody_is_refused() {
        assertThatThrownBy(() -> ring(3))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("members: 0");
        assertThatThrownBy(() -> ring(3, new Member("a", 0)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("no shard with a weight above 0 (members: 1)");
    }

    @Test
    void a_name_given_twice_is_refused() {
        assertThatThrownBy(() -> ring(3, new Member("a", 1), new Member("b", 1), new Member("a", 2)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("Two members of the ring are named a");
    }

    @Test
    void too_few_and_too_many_virtual_nodes_are_refused() {
        assertThatThrownBy(() -> ring(0, new Member("a", 1)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("has 0 virtual nodes");
        assertThatThrownBy(() -> ring(50_000, new Member("a", 3)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("Shard a would have 150000 virtual nodes (50000 times its weight of 3.0)");
        assertThatThrownBy(() -> ring(Integer.MAX_VALUE, new Member("a", Double.MAX_VALUE)))
                .isInstanceOf(InvalidInputException.class);
    }

    @Test
    void the_strategy_vnodes_is_the_classic_ring_whatever_the_ownership() {
        List<Member> members = List.of(new Member("a", 1), new Member("b", 2));
        TokenMap<String> actual =
                TokenMap.<String>builder().put(TokenRange.ALL, "c").build();
        RingStrategy vnodes = RingStrategies.named("vnodes");
        assertThat(vnodes.name()).isEqualTo("vnodes");
        assertThat(vnodes.target(actual, KeyHashes.XXH3, 3, members))
                .isEqualTo(new Ring(KeyHashes.XXH3, 3, members).assignment());
    }

    @Test
    void an_unknown_strategy_is_refused_and_told_what_is_allowed() {
        assertThatThrownBy(() -> RingStrategies.named("vnode"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("named 'vnode'")
                .hasMessageContaining("Allowed are vnodes, balanced, by-size.");
    }

    private static Ring ring(int virtualNodes, Member... members) {
        return new Ring(KeyHashes.MD5, virtualNodes, List.of(members));
    }

    private static long nodesOf(Ring ring, String shard) {
        return ring.nodes().stream().filter(node -> node.shard().equals(shard)).count();
    }
}
