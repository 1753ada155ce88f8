package dev.ringshard.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.internal.ring.RangeMove;
import dev.ringshard.internal.ring.RingDifference;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The edges; the laws over many rings are in {@link RingLawsTest}. */
class RingDifferenceTest {
    private static final TokenRange LOW = new TokenRange(Long.MIN_VALUE, -1);
    private static final TokenRange HIGH = new TokenRange(0, Long.MAX_VALUE);
    private static final TokenMap<String> ALL_A =
            TokenMap.<String>builder().put(TokenRange.ALL, "a").build();
    private static final TokenMap<String> A_IN_PIECES =
            TokenMap.<String>builder().put(LOW, "a").put(HIGH, "a").build();
    private static final TokenMap<String> A_THEN_B =
            TokenMap.<String>builder().put(LOW, "a").put(HIGH, "b").build();
    private static final TokenMap<String> ONLY_LOW =
            TokenMap.<String>builder().put(LOW, "a").build();

    @Test
    void how_the_ranges_are_cut_is_no_difference() {
        assertThat(RingDifference.between(ALL_A, A_IN_PIECES)).isEmpty();
        assertThat(RingDifference.between(A_IN_PIECES, ALL_A)).isEmpty();
    }

    @Test
    void a_move_spans_all_neighbouring_ranges_of_its_source() {
        TokenMap<String> allB =
                TokenMap.<String>builder().put(TokenRange.ALL, "b").build();
        assertThat(RingDifference.between(A_IN_PIECES, allB)).containsExactly(new RangeMove(TokenRange.ALL, "a", "b"));
        assertThat(RingDifference.apply(A_IN_PIECES, List.of(new RangeMove(TokenRange.ALL, "a", "b"))))
                .isEqualTo(allB);
    }

    @Test
    void tokens_that_nobody_owns_are_refused() {
        assertThatThrownBy(() -> RingDifference.between(ONLY_LOW, ALL_A))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("Nobody owns " + HIGH + " in the actual assignment")
                .hasMessageContaining("Nothing was read or written");
        assertThatThrownBy(() -> RingDifference.between(ALL_A, ONLY_LOW))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("in the target assignment");
    }

    @Test
    void several_gaps_are_counted() {
        TokenMap<String> island =
                TokenMap.<String>builder().put(new TokenRange(1, 2), "a").build();
        assertThatThrownBy(() -> RingDifference.between(island, ALL_A)).hasMessageContaining("nor 1 more range");
    }

    @Test
    void a_move_from_somebody_who_does_not_own_the_range_is_refused() {
        List<RangeMove> moves = List.of(new RangeMove(new TokenRange(-5, 5), "a", "c"));
        assertThatThrownBy(() -> RingDifference.apply(A_THEN_B, moves))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("[0, 5] should move from shard a to shard c, but shard b owns it");
        assertThatThrownBy(() -> RingDifference.apply(ONLY_LOW, moves)).hasMessageContaining("but nobody owns it");
    }

    @Test
    void overlapping_moves_are_refused() {
        List<RangeMove> moves =
                List.of(new RangeMove(new TokenRange(1, 5), "a", "b"), new RangeMove(new TokenRange(5, 9), "a", "c"));
        assertThatThrownBy(() -> RingDifference.apply(ALL_A, moves))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("overlap");
    }

    @Test
    void gaps_stay_gaps() {
        TokenMap<String> after =
                RingDifference.apply(ONLY_LOW, List.of(new RangeMove(new TokenRange(-9, -5), "a", "b")));
        assertThat(after.gaps()).containsExactly(HIGH);
        assertThat(after.get(-7)).isEqualTo("b");
        assertThat(after.get(-4)).isEqualTo("a");
    }

    @Test
    void a_move_to_where_it_comes_from_is_refused() {
        assertThatThrownBy(() -> new RangeMove(HIGH, "a", "a"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("to itself");
    }
}
