package dev.ringshard.routing;

import dev.ringshard.ownership.OwnedRange;
import dev.ringshard.ring.TokenRange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether the ranges that several snapshots own cover the ring exactly once: then no row was counted twice, and none
 * was missed, although the snapshots are not of one instant. A range that moved between two snapshots shows as an
 * overlap or as a gap.
 *
 * @param overlaps whether a token is owned in more than one
 * @param gaps what is owned in none
 */
record Coverage(boolean overlaps, List<TokenRange> gaps) {

    static Coverage of(Collection<List<OwnedRange>> snapshots) {
        List<TokenRange> ranges = new ArrayList<>();
        snapshots.forEach(owned -> owned.forEach(one -> ranges.add(one.range())));
        ranges.sort(Comparator.comparingLong(TokenRange::first));
        boolean overlaps = false;
        List<TokenRange> gaps = new ArrayList<>();
        @Nullable Long next = Long.MIN_VALUE; // the first token that no range so far reaches; null past the end
        for (TokenRange range : ranges) {
            if (next == null || range.first() < next) {
                overlaps = true;
            } else if (range.first() > next) {
                gaps.add(new TokenRange(next, range.first() - 1));
            }
            if (next != null && range.last() >= next) {
                next = range.last() == Long.MAX_VALUE ? null : Long.valueOf(range.last() + 1);
            }
        }
        if (next != null) {
            gaps.add(new TokenRange(next, Long.MAX_VALUE));
        }
        return new Coverage(overlaps, List.copyOf(gaps));
    }

    boolean isExact() {
        return !overlaps && gaps.isEmpty();
    }

    /** Whether all that is missing lies within the ranges given, and nothing is there twice. */
    boolean isExactBut(Collection<TokenRange> missing) {
        return !overlaps
                && gaps.stream().allMatch(gap -> missing.stream()
                        .anyMatch(range -> range.first() <= gap.first() && gap.last() <= range.last()));
    }
}
