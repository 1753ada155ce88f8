package dev.ringshard.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TokenSetTest {

    @Test
    void ranges_that_overlap_or_touch_become_one() {
        TokenSet set = TokenSet.of(List.of(range(5, 9), range(1, 3), range(2, 4), range(20, 30), range(22, 25)));
        assertThat(set.ranges()).containsExactly(range(1, 9), range(20, 30));
        assertThat(set).isEqualTo(TokenSet.of(List.of(range(1, 9), range(20, 25), range(25, 30))));
    }

    @Test
    void none_holds_nothing_and_the_whole_ring_everything() {
        TokenSet all = TokenSet.of(List.of(TokenRange.ALL, range(0, 0)));
        assertThat(TokenSet.NONE.isEmpty()).isTrue();
        assertThat(TokenSet.NONE.contains(0)).isFalse();
        assertThat(all.minus(TokenSet.NONE)).isEqualTo(all);
        assertThat(all.minus(all)).isEqualTo(TokenSet.NONE);
        assertThat(all.contains(Long.MIN_VALUE)).isTrue();
        assertThat(all.contains(Long.MAX_VALUE)).isTrue();
    }

    @Test
    void what_is_left_reaches_to_the_ends_of_the_ring() {
        TokenSet left = TokenSet.of(List.of(TokenRange.ALL)).minus(TokenSet.of(List.of(range(0, 9))));
        assertThat(left.ranges()).containsExactly(range(Long.MIN_VALUE, -1), range(10, Long.MAX_VALUE));
    }

    static LongStream seeds() {
        return LongStream.range(0, 300);
    }

    /** Sets of tokens among twenty neighbours at either end of the ring, against the same by single tokens. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void every_operation_agrees_with_the_same_on_single_tokens(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long base = random.nextBoolean() ? Long.MIN_VALUE : Long.MAX_VALUE - 19;
        TokenSet one = random(random, base);
        TokenSet other = random(random, base);

        for (long token : tokens(base)) {
            assertThat(one.intersection(other).contains(token)).isEqualTo(one.contains(token) && other.contains(token));
            assertThat(one.minus(other).contains(token)).isEqualTo(one.contains(token) && !other.contains(token));
            assertThat(one.contains(token)).isEqualTo(one.ranges().stream().anyMatch(range -> range.contains(token)));
        }
    }

    private static long[] tokens(long base) {
        return LongStream.rangeClosed(0, 19).map(i -> base + i).toArray();
    }

    private static TokenSet random(SplittableRandom random, long base) {
        Stream<TokenRange> ranges = IntStream.range(0, random.nextInt(5)).mapToObj(i -> {
            long first = random.nextInt(20);
            return range(base + first, base + first + random.nextInt((int) (20 - first)));
        });
        return TokenSet.of(ranges.toList());
    }

    private static TokenRange range(long first, long last) {
        return new TokenRange(first, last);
    }
}
