package dev.ringshard.scatter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.internal.ownership.OwnedRange;
import dev.ringshard.ring.TokenRange;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class CoverageTest {
    private static final long MIN = Long.MIN_VALUE;
    private static final long MAX = Long.MAX_VALUE;

    @Test
    void exact_when_every_token_is_owned_once() {
        assertThat(Coverage.of(List.of(owned(MIN, -1, 10, MAX), owned(0, 9))).isExact())
                .isTrue();
        assertThat(Coverage.of(List.of(owned(MIN, MAX))).isExact()).isTrue();
    }

    @Test
    void a_token_owned_in_two_snapshots_is_an_overlap() {
        assertThat(doubled(List.of(owned(MIN, 0), owned(0, MAX)))).containsExactly(new TokenRange(0, 0));
        assertThat(doubled(List.of(owned(MIN, MAX), owned(MAX, MAX)))).containsExactly(new TokenRange(MAX, MAX));
        assertThat(doubled(List.of(owned(MIN, MAX), owned(MIN, MIN)))).containsExactly(new TokenRange(MIN, MIN));
        assertThat(doubled(List.of(owned(MIN, MAX), owned(3, 5)))).containsExactly(new TokenRange(3, 5));
        assertThat(doubled(List.of(owned(MIN, 9), owned(3, 5), owned(7, MAX))))
                .containsExactly(new TokenRange(3, 5), new TokenRange(7, 9));
    }

    @Test
    void a_token_owned_in_none_is_a_gap() {
        Coverage coverage = Coverage.of(List.of(owned(MIN + 1, -1), owned(1, MAX - 1)));

        assertThat(coverage.gaps().ranges())
                .containsExactly(new TokenRange(MIN, MIN), new TokenRange(0, 0), new TokenRange(MAX, MAX));
        assertThat(coverage.doubled().isEmpty()).isTrue();
        assertThat(Coverage.of(List.of()).gaps().ranges()).containsExactly(TokenRange.ALL);
    }

    @Test
    void exact_but_for_ranges_that_are_known_to_be_missing() {
        Coverage coverage = Coverage.of(List.of(owned(MIN, -1), owned(10, MAX)));

        assertThat(coverage.isExactBut(List.of(new TokenRange(0, 9)))).isTrue();
        assertThat(coverage.isExactBut(List.of(new TokenRange(-5, 20)))).isTrue();
        assertThat(coverage.isExactBut(List.of(new TokenRange(-5, 4), new TokenRange(5, 20))))
                .isTrue();
        assertThat(coverage.isExactBut(List.of(new TokenRange(0, 8)))).isFalse();
        assertThat(coverage.isExactBut(List.of())).isFalse();
    }

    @Test
    void what_two_looks_have_in_common_is_what_did_not_move_between_them() {
        Coverage one = Coverage.of(List.of(owned(MIN, -1, 5, MAX), owned(100, 200)));
        Coverage other = Coverage.of(List.of(owned(MIN, 2, 10, MAX), owned(150, 300)));

        Coverage common = one.inCommonWith(other);

        assertThat(common.gaps().ranges()).containsExactly(new TokenRange(3, 4));
        assertThat(common.doubled().ranges()).containsExactly(new TokenRange(150, 200));
        assertThat(common.isExact()).isFalse();
    }

    private static List<TokenRange> doubled(List<List<OwnedRange>> snapshots) {
        return Coverage.of(snapshots).doubled().ranges();
    }

    private static List<OwnedRange> owned(long... bounds) {
        OwnedRange[] ranges = new OwnedRange[bounds.length / 2];
        for (int i = 0; i < ranges.length; i++) {
            ranges[i] = new OwnedRange(new TokenRange(bounds[2 * i], bounds[2 * i + 1]), 1);
        }
        return Arrays.asList(ranges);
    }
}
