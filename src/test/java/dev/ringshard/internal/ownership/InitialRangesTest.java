package dev.ringshard.internal.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.ring.TokenRange;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InitialRangesTest {

    @Test
    void one_large_range_is_cut_into_many_rows_that_cover_it() {
        List<TokenRange> rows = InitialRanges.cut(List.of(TokenRange.ALL));

        assertThat(rows).hasSize(64);
        assertThat(rows.get(0).first()).isEqualTo(Long.MIN_VALUE);
        assertThat(rows.get(63).last()).isEqualTo(Long.MAX_VALUE);
        for (int i = 1; i < rows.size(); i++) {
            assertThat(rows.get(i - 1).isRightBefore(rows.get(i))).isTrue();
        }
    }

    @Test
    void many_small_ranges_stay_as_they_are() {
        List<TokenRange> ranges = TokenRange.ALL.split(128);
        assertThat(InitialRanges.cut(ranges)).isEqualTo(ranges);
    }

    @Test
    void few_rows_are_not_merged() {
        assertThat(InitialRanges.mergeable(rows(TokenRange.ALL.split(256)))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void too_many_rows_are_merged_where_they_are_neighbours_into_enough_of_them(long seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        List<TokenRange> all = TokenRange.ALL.split(1_000);
        List<TokenRange> owned = new ArrayList<>();
        all.forEach(range -> {
            if (random.nextInt(100) > 0) {
                owned.add(range);
            }
        });

        List<List<OwnedRange>> runs = InitialRanges.mergeable(rows(owned));

        assertThat(runs).isNotEmpty().allSatisfy(run -> {
            assertThat(run).hasSizeGreaterThan(1);
            for (int i = 1; i < run.size(); i++) {
                assertThat(run.get(i - 1).range().isRightBefore(run.get(i).range()))
                        .isTrue();
            }
        });
        int left = owned.size() - runs.stream().mapToInt(run -> run.size() - 1).sum();
        assertThat(left).isBetween(60, 256);
    }

    private static List<OwnedRange> rows(List<TokenRange> ranges) {
        return ranges.stream().map(range -> new OwnedRange(range, 1)).toList();
    }
}
