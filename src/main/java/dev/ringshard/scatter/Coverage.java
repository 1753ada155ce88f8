package dev.ringshard.scatter;

import dev.ringshard.internal.ownership.HeldRanges;
import dev.ringshard.internal.ownership.OwnedRange;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.ring.TokenSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether the ranges that several snapshots own cover the ring exactly once: then no row was counted twice, and none
 * was missed, although the snapshots are not of one instant. A range that moved between two snapshots shows as an
 * overlap or as a gap; one that moved twice, as an owner that is older than what another snapshot knows to have left.
 *
 * @param doubled ranges that more than one snapshot owns, or one whose owner another snapshot shows to be outdated
 * @param gaps ranges that none owns
 */
public record Coverage(TokenSet doubled, TokenSet gaps) {

    /**
     * Of snapshots that were taken one after the other. Where one shows what left its shard since before the first, another one
     * that shows an older owner of it is outdated: what was written in between may be half in the one and half in the other. So it is
     * where the owner has it from a shard whose snapshot shows nothing of that yet: what both had meanwhile is half in each, too.
     */
    static Coverage ofHeld(Collection<HeldRanges> snapshots) {
        Coverage seen = of(snapshots.stream().map(HeldRanges::owned).toList());
        List<TokenRange> outdated = snapshots.stream()
                .flatMap(snapshot -> snapshot.departures().stream())
                .flatMap(left -> snapshots.stream()
                        .flatMap(snapshot -> snapshot.owned().stream())
                        .filter(owned -> owned.range().overlaps(left.range()) && owned.epoch() < left.epoch())
                        .map(OwnedRange::range))
                .toList();
        List<TokenRange> misfits = new ArrayList<>(seen.doubled.ranges());
        misfits.addAll(outdated);
        misfits.addAll(fromUnseen(snapshots));
        return misfits.isEmpty() ? seen : new Coverage(TokenSet.of(misfits), seen.gaps);
    }

    /**
     * What left a shard since before the first snapshot and has gone further since, where the last that gave it away does not show that:
     * its snapshot is older. Or the owner is about to give it away, and then another look tells.
     */
    private static List<TokenRange> fromUnseen(Collection<HeldRanges> snapshots) {
        if (snapshots.stream().allMatch(snapshot -> snapshot.ended().isEmpty())) {
            return List.of();
        }
        List<OwnedRange> departures = snapshots.stream()
                .flatMap(snapshot -> snapshot.departures().stream())
                .toList();
        return snapshots.stream()
                .flatMap(snapshot -> snapshot.ended().stream())
                .flatMap(left -> snapshots.stream()
                        .flatMap(snapshot -> snapshot.owned().stream())
                        .filter(owned -> owned.range().overlaps(left.range())
                                && owned.epoch() > left.epoch()
                                && departures.stream()
                                        .noneMatch(last -> last.epoch() == owned.epoch()
                                                && last.range().overlaps(owned.range())))
                        .map(OwnedRange::range))
                .toList();
    }

    static Coverage of(Collection<List<OwnedRange>> snapshots) {
        List<TokenRange> ranges = new ArrayList<>();
        snapshots.forEach(owned -> owned.forEach(one -> ranges.add(one.range())));
        ranges.sort(Comparator.comparingLong(TokenRange::first));
        List<TokenRange> doubled = new ArrayList<>();
        List<TokenRange> gaps = new ArrayList<>();
        @Nullable Long next = Long.MIN_VALUE; // the first token that no range so far reaches; null past the end
        for (TokenRange range : ranges) {
            if (next == null || range.first() < next) {
                doubled.add(next == null || range.last() < next ? range : new TokenRange(range.first(), next - 1));
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
        return new Coverage(TokenSet.of(doubled), TokenSet.of(gaps));
    }

    /** Whether every token is owned in exactly one. */
    public boolean isExact() {
        return doubled.isEmpty() && gaps.isEmpty();
    }

    /** What does not fit in both. */
    Coverage inCommonWith(Coverage other) {
        return new Coverage(doubled.intersection(other.doubled), gaps.intersection(other.gaps));
    }

    /** Whether all that is missing lies within the ranges given, and nothing is there twice. */
    boolean isExactBut(Collection<TokenRange> missing) {
        return doubled.isEmpty() && gaps.minus(TokenSet.of(missing)).isEmpty();
    }
}
