package dev.ringshard.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ringshard.failure.InvalidInputException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TokenRangeTest {
    private static final TokenRange NEGATIVE = new TokenRange(Long.MIN_VALUE, -1);
    private static final TokenRange REST = new TokenRange(0, Long.MAX_VALUE);
    private static final TokenRange TEN = new TokenRange(1, 10);

    @Test
    void a_range_that_would_wrap_is_refused() {
        assertThatThrownBy(() -> new TokenRange(5, 4))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("begins at 5 and ends before that, at 4");
    }

    @Test
    void both_ends_are_inclusive() {
        assertThat(Stream.of(0L, 1L, 5L, 10L, 11L).filter(TEN::contains)).containsExactly(1L, 5L, 10L);
        assertThat(TokenRange.ALL.contains(Long.MIN_VALUE)).isTrue();
        assertThat(TokenRange.ALL.contains(Long.MAX_VALUE)).isTrue();
    }

    @Test
    void fractions_are_shares_of_all_two_to_the_64_tokens() {
        assertThat(TokenRange.ALL.fraction()).isEqualTo(1);
        assertThat(NEGATIVE.fraction()).isEqualTo(0.5);
        assertThat(REST.fraction()).isEqualTo(0.5);
        assertThat(new TokenRange(Long.MIN_VALUE / 2, Long.MAX_VALUE).fraction())
                .isEqualTo(0.75);
        assertThat(new TokenRange(7, 7).fraction()).isEqualTo(0x1p-64);
        assertThat(TEN.fraction()).isCloseTo(10 * 0x1p-64, within(0x1p-80));
    }

    @Test
    void what_is_left_of_a_range_without_another_is_none_one_or_two_ranges() {
        assertThat(TEN.without(new TokenRange(4, 6))).containsExactly(new TokenRange(1, 3), new TokenRange(7, 10));
        assertThat(TEN.without(new TokenRange(0, 6))).containsExactly(new TokenRange(7, 10));
        assertThat(TEN.without(new TokenRange(4, 11))).containsExactly(new TokenRange(1, 3));
        assertThat(TEN.without(REST)).isEmpty();
        assertThat(TEN.without(NEGATIVE)).containsExactly(TEN);
        assertThat(TokenRange.ALL.without(NEGATIVE)).containsExactly(REST);
        assertThat(TokenRange.ALL.without(REST)).containsExactly(NEGATIVE);
    }

    @Test
    void ranges_that_share_a_token_overlap_and_their_intersection_is_what_they_share() {
        assertThat(TEN.overlaps(new TokenRange(10, 20))).isTrue();
        assertThat(TEN.overlaps(new TokenRange(11, 20))).isFalse();
        assertThat(TEN.intersection(new TokenRange(8, 20))).contains(new TokenRange(8, 10));
        assertThat(TEN.intersection(NEGATIVE)).isEmpty();
        assertThat(REST.intersection(TEN)).contains(TEN);
        assertThat(REST.contains(TEN)).isTrue();
        assertThat(TEN.contains(REST)).isFalse();
    }

    @Test
    void a_range_is_right_before_the_one_that_begins_after_its_last_token_but_never_across_the_wrap() {
        assertThat(NEGATIVE.isRightBefore(REST)).isTrue();
        assertThat(REST.isRightBefore(NEGATIVE)).isFalse();
        assertThat(TEN.isRightBefore(new TokenRange(12, 13))).isFalse();
        assertThat(TEN.isRightBefore(TEN)).isFalse();
    }

    @Test
    void ranges_are_ordered_by_their_first_token_with_its_sign() {
        assertThat(Stream.of(REST, TEN, NEGATIVE).sorted()).isEqualTo(List.of(NEGATIVE, REST, TEN));
    }
}
