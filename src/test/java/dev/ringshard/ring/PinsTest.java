package dev.ringshard.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.internal.ring.RingDifference;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pins hold with every strategy; a key is a range of one token. */
class PinsTest {
    private static final TokenMap<String> NOTHING = TokenMap.of(List.of());
    private static final List<Member> THREE = List.of(new Member("a", 1), new Member("b", 1), new Member("c", 1));
    private static final List<Member> WITH_RESERVED =
            List.of(new Member("a", 1), new Member("b", 1), new Member("big", 0));

    @ParameterizedTest
    @ValueSource(strings = {"balanced", "vnodes"})
    void pinned_keys_are_where_they_must_be_and_nothing_else_is_elsewhere(String strategy) {
        Pins pins = pins(THREE);
        TokenMap<String> unpinned = target(Pins.NONE, NOTHING, strategy, THREE);

        TokenMap<String> pinned = target(pins, NOTHING, strategy, THREE);

        assertThat(pinned.isComplete()).isTrue();
        pins.shards()
                .forEach((key, shard) ->
                        assertThat(pinned.get(KeyHashes.MD5.token(key))).as(key).isEqualTo(shard));
        assertThat(RingDifference.between(unpinned, pinned))
                .hasSizeLessThanOrEqualTo(30)
                .allSatisfy(move -> {
                    assertThat(move.range().first()).isEqualTo(move.range().last());
                    assertThat(pins.shards()).containsValue(move.target());
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"balanced", "vnodes"})
    void a_second_plan_is_empty_and_a_key_that_is_pinned_no_more_goes_back(String strategy) {
        Pins pins = pins(THREE);
        TokenMap<String> before = target(Pins.NONE, NOTHING, strategy, THREE);
        TokenMap<String> pinned = target(pins, before, strategy, THREE);

        assertThat(target(pins, pinned, strategy, THREE).merged()).isEqualTo(pinned.merged());
        assertThat(target(Pins.NONE, pinned, strategy, THREE).merged()).isEqualTo(before.merged());
        TokenMap<String> less = target(pins.without("key-3"), pinned, strategy, THREE);
        assertThat(RingDifference.between(pinned, less)).hasSizeLessThanOrEqualTo(1);
        assertThat(less.get(KeyHashes.MD5.token("key-3"))).isEqualTo(before.get(KeyHashes.MD5.token("key-3")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"balanced", "vnodes"})
    void a_shard_of_weight_0_has_its_pins_and_nothing_more(String strategy) {
        Pins pins = Pins.NONE.with("tenant-42", "big").with("tenant-43", "big");

        TokenMap<String> target = target(pins, target(Pins.NONE, NOTHING, strategy, THREE), strategy, WITH_RESERVED);

        assertThat(target.entries().stream()
                        .filter(entry -> entry.value().equals("big"))
                        .map(entry -> entry.range().first()))
                .containsExactlyInAnyOrder(KeyHashes.MD5.token("tenant-42"), KeyHashes.MD5.token("tenant-43"));
        assertThat(target.shares()).doesNotContainKey("c");
    }

    @Test
    void the_ends_of_the_ring_can_be_pinned_and_neighbours_too() {
        KeyHash fixed = RandomRings.fixed(
                Map.of("first", Long.MIN_VALUE, "last", Long.MAX_VALUE, "one", 7L, "two", 8L, "a#0", -5L, "b#0", 90L));
        Pins pins =
                Pins.NONE.with("first", "b").with("last", "b").with("one", "b").with("two", "b");
        TokenMap<String> whole =
                TokenMap.<String>builder().put(TokenRange.ALL, "a").build();
        RingStrategy same = new Same();

        TokenMap<String> target = pins.target(whole, same, fixed, 1, THREE);

        assertThat(target.isComplete()).isTrue();
        assertThat(target.merged().entries().stream()
                        .filter(entry -> entry.value().equals("b"))
                        .map(TokenMap.Entry::range))
                .containsExactly(
                        new TokenRange(Long.MIN_VALUE, Long.MIN_VALUE),
                        new TokenRange(7, 8),
                        new TokenRange(Long.MAX_VALUE, Long.MAX_VALUE));
        TokenMap<String> unpinned =
                Pins.NONE.target(pins.without("two").target(whole, same, fixed, 1, THREE), same, fixed, 1, THREE);
        assertThat(unpinned.merged()).isEqualTo(whole);
    }

    @Test
    void two_keys_of_one_token_cannot_be_on_two_shards() {
        KeyHash fixed = RandomRings.fixed(Map.of("one", 7L, "two", 7L));
        TokenMap<String> whole =
                TokenMap.<String>builder().put(TokenRange.ALL, "a").build();

        assertThatThrownBy(() -> Pins.NONE.with("one", "a").with("two", "b").target(whole, new Same(), fixed, 1, THREE))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("has the same token as another one that is pinned to");
    }

    private static Pins pins(List<Member> members) {
        Pins pins = Pins.NONE;
        for (int i : IntStream.range(0, 30).toArray()) {
            pins = pins.with("key-" + i, members.get(i % members.size()).shard());
        }
        return pins;
    }

    private static TokenMap<String> target(Pins pins, TokenMap<String> actual, String strategy, List<Member> members) {
        return pins.target(actual, RingStrategies.named(strategy), KeyHashes.MD5, 16, members);
    }

    /** Wants everything to stay. */
    private static final class Same implements RingStrategy {
        @Override
        public String name() {
            return "same";
        }

        @Override
        public TokenMap<String> target(TokenMap<String> actual, KeyHash hash, int virtualNodes, List<Member> members) {
            return actual;
        }
    }
}
