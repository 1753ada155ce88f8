package dev.ringshard.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.ownership.OwnedRange;
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
        assertThat(Coverage.of(List.of(owned(MIN, 0), owned(0, MAX))).overlaps())
                .isTrue();
        assertThat(Coverage.of(List.of(owned(MIN, MAX), owned(MAX, MAX))).overlaps())
                .isTrue();
        assertThat(Coverage.of(List.of(owned(MIN, MAX), owned(MIN, MIN))).overlaps())
                .isTrue();
        assertThat(Coverage.of(List.of(owned(MIN, MAX), owned(3, 5))).overlaps())
                .isTrue();
    }

    @Test
    void a_token_owned_in_none_is_a_gap() {
        Coverage coverage = Coverage.of(List.of(owned(MIN + 1, -1), owned(1, MAX - 1)));

        assertThat(coverage.gaps())
                .containsExactly(new TokenRange(MIN, MIN), new TokenRange(0, 0), new TokenRange(MAX, MAX));
        assertThat(coverage.overlaps()).isFalse();
        assertThat(Coverage.of(List.of()).gaps()).containsExactly(TokenRange.ALL);
    }

    @Test
    void exact_but_for_ranges_that_are_known_to_be_missing() {
        Coverage coverage = Coverage.of(List.of(owned(MIN, -1), owned(10, MAX)));

        assertThat(coverage.isExactBut(List.of(new TokenRange(0, 9)))).isTrue();
        assertThat(coverage.isExactBut(List.of(new TokenRange(-5, 20)))).isTrue();
        assertThat(coverage.isExactBut(List.of(new TokenRange(0, 8)))).isFalse();
        assertThat(coverage.isExactBut(List.of())).isFalse();
    }

    private static List<OwnedRange> owned(long... bounds) {
        OwnedRange[] ranges = new OwnedRange[bounds.length / 2];
        for (int i = 0; i < ranges.length; i++) {
            ranges[i] = new OwnedRange(new TokenRange(bounds[2 * i], bounds[2 * i + 1]), 1);
        }
        return Arrays.asList(ranges);
    }
}
