package dev.ringshard.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.ring.TokenMap.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TokenMapTest {
    private static final TokenRange LOW = new TokenRange(Long.MIN_VALUE, -1);
    private static final TokenRange HIGH = new TokenRange(0, Long.MAX_VALUE);

    @Test
    void an_empty_map_is_one_gap() {
        TokenMap<String> empty = TokenMap.of(List.of());
        assertThat(empty.get(0)).isNull();
        assertThat(empty.rangeOf(Long.MIN_VALUE)).isNull();
        assertThat(empty.gaps()).containsExactly(TokenRange.ALL);
        assertThat(empty.isComplete()).isFalse();
        assertThat(empty.shares()).isEmpty();
        assertThat(empty.fractionOf("a")).isZero();
    }

    @Test
    void one_range_may_be_the_whole_ring() {
        TokenMap<String> all =
                TokenMap.<String>builder().put(TokenRange.ALL, "a").build();
        assertThat(all.isComplete()).isTrue();
        assertThat(all.gaps()).isEmpty();
        assertThat(all.get(Long.MIN_VALUE)).isEqualTo("a");
        assertThat(all.get(Long.MAX_VALUE)).isEqualTo("a");
        assertThat(all.rangeOf(0)).isEqualTo(TokenRange.ALL);
        assertThat(all.fractionOf("a")).isEqualTo(1);
    }

    @Test
    void overlapping_ranges_are_refused_by_name() {
        TokenMap.Builder<String> overlapping =
                TokenMap.<String>builder().put(new TokenRange(5, 9), "b").put(new TokenRange(1, 5), "a");
        assertThatThrownBy(overlapping::build)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("[1, 5] (a) and [5, 9] (b) overlap")
                .hasMessageContaining("Nothing was read or written");
    }

    @Test
    void the_same_range_twice_is_an_overlap_even_with_the_same_value() {
        assertThatThrownBy(() -> TokenMap.of(List.of(new Entry<>(LOW, "a"), new Entry<>(LOW, "a"))))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("overlap");
    }

    @Test
    void shares_add_up_per_value_in_order_of_appearance() {
        TokenMap<String> map = TokenMap.<String>builder()
                .put(new TokenRange(0, Long.MAX_VALUE / 2), "b")
                .put(new TokenRange(Long.MAX_VALUE / 2 + 1, Long.MAX_VALUE), "a")
                .put(LOW, "b")
                .build();
        assertThat(map.shares()).containsExactly(entry("b", 0.75), entry("a", 0.25));
        assertThat(map.fractionOf("a")).isEqualTo(0.25);
    }

    @Test
    void merging_joins_equal_neighbours_but_not_across_a_gap_or_the_wrap() {
        TokenMap<String> map = TokenMap.<String>builder()
                .put(new TokenRange(Long.MIN_VALUE, 0), "a")
                .put(new TokenRange(1, 5), "a")
                .put(new TokenRange(6, 9), "b")
                .put(new TokenRange(11, 12), "b")
                .put(new TokenRange(13, Long.MAX_VALUE), "a")
                .build();
        assertThat(map.merged().entries())
                .containsExactly(
                        new Entry<>(new TokenRange(Long.MIN_VALUE, 5), "a"),
                        new Entry<>(new TokenRange(6, 9), "b"),
                        new Entry<>(new TokenRange(11, 12), "b"),
                        new Entry<>(new TokenRange(13, Long.MAX_VALUE), "a"));
    }

    @Test
    void maps_are_equal_when_their_entries_are_in_whatever_order_they_came() {
        TokenMap<String> one = TokenMap.of(List.of(new Entry<>(LOW, "a"), new Entry<>(HIGH, "b")));
        TokenMap<String> other = TokenMap.of(List.of(new Entry<>(HIGH, "b"), new Entry<>(LOW, "a")));
        assertThat(one).isEqualTo(other).hasSameHashCodeAs(other).hasToString(other.toString());
        assertThat(one).isNotEqualTo(TokenMap.of(List.of(new Entry<>(LOW, "a"))));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void look_ups_agree_with_a_walk_over_all_entries_however_the_ranges_cluster(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Entry<Integer>> entries = randomEntries(random);
        TokenMap<Integer> map = TokenMap.of(RandomRings.shuffled(entries, random));
        assertThat(map.entries()).as("seed %d", seed).isEqualTo(entries);
        for (long token : RandomRings.telling(map, random)) {
            Entry<Integer> expected = entries.stream()
                    .filter(entry -> entry.range().contains(token))
                    .findFirst()
                    .orElse(null);
            assertThat(map.get(token))
                    .as("seed %d, token %d", seed, token)
                    .isEqualTo(expected == null ? null : expected.value());
            assertThat(map.rangeOf(token))
                    .as("seed %d, token %d", seed, token)
                    .isEqualTo(expected == null ? null : expected.range());
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void the_gaps_are_exactly_what_completes_the_map(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Entry<Integer>> entries = new ArrayList<>(randomEntries(random));
        TokenMap<Integer> map = TokenMap.of(entries);
        for (TokenRange gap : map.gaps()) {
            assertThat(map.lastOfPiece(gap.first())).as("seed %d", seed).isEqualTo(gap.last());
            assertThat(map.get(gap.first())).as("seed %d", seed).isNull();
            entries.add(new Entry<>(gap, -1));
        }
        TokenMap<Integer> filled = TokenMap.of(entries);
        assertThat(filled.isComplete()).as("seed %d", seed).isTrue();
        assertThat(map.isComplete()).as("seed %d", seed).isEqualTo(map.gaps().isEmpty());
        assertThat(filled.shares().values().stream()
                        .mapToDouble(Double::doubleValue)
                        .sum())
                .as("seed %d", seed)
                .isBetween(1 - 1e-9, 1 + 1e-9);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void merging_changes_no_answer_and_leaves_nothing_to_merge(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        TokenMap<Integer> map = TokenMap.of(randomEntries(random));
        TokenMap<Integer> merged = map.merged();
        for (long token : RandomRings.telling(map, random)) {
            assertThat(merged.get(token)).as("seed %d, token %d", seed, token).isEqualTo(map.get(token));
        }
        for (int i = 1; i < merged.entries().size(); i++) {
            Entry<Integer> before = merged.entries().get(i - 1);
            Entry<Integer> after = merged.entries().get(i);
            assertThat(before.range().isRightBefore(after.range()) && Objects.equals(before.value(), after.value()))
                    .as("seed %d", seed)
                    .isFalse();
        }
    }

    static LongStream seeds() {
        return LongStream.range(0, 200);
    }

    /** Ranges between random borders, which lie evenly, all in one crowd, in powers of two, or at the ring's ends. */
    private static List<Entry<Integer>> randomEntries(SplittableRandom random) {
        long centre = random.nextLong();
        LongUnaryOperator distribution =
                switch (random.nextInt(4)) {
                    case 0 -> any -> any;
                    case 1 -> any -> centre + (any & 0x3FF);
                    case 2 -> any -> centre + (1L << (any & 63));
                    default -> any -> (any & 1) == 0 ? Long.MIN_VALUE + (any >>> 52) : Long.MAX_VALUE - (any >>> 52);
                };
        TreeSet<Long> borders = new TreeSet<>();
        random.longs(random.nextInt(1, 300)).map(distribution).forEach(borders::add);
        boolean gaps = random.nextBoolean();
        List<Entry<Integer>> entries = new ArrayList<>();
        long first = Long.MIN_VALUE;
        for (long last : borders) {
            if (!gaps || random.nextInt(3) > 0) {
                entries.add(new Entry<>(new TokenRange(first, last), random.nextInt(3)));
            }
            if (last == Long.MAX_VALUE) {
                return entries;
            }
            first = last + 1;
        }
        if (!gaps || random.nextBoolean()) {
            entries.add(new Entry<>(new TokenRange(first, Long.MAX_VALUE), random.nextInt(3)));
        }
        return entries;
    }
}
