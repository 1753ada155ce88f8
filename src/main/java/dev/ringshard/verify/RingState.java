package dev.ringshard.verify;

import dev.ringshard.internal.ownership.CommittedHandover;
import dev.ringshard.internal.ownership.SetBack;
import dev.ringshard.internal.ownership.ShardRanges;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.ring.TokenSet;
import dev.ringshard.scatter.Coverage;
import dev.ringshard.status.Leftovers;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Who holds which part of the ring, by what all shards say in their snapshots. Immutable.
 *
 * @param forgetful what the histories of shards say of the gaps
 * @param coverage what no shard or more than one owns, without what was only on the move
 * @param shorter whose logs are shorter than others have on record, or lack a mark
 */
record RingState(Coverage coverage, List<Holdings> shards, Set<SetBack> forgetful, Set<SetBack> shorter) {

    RingState {
        shards = List.copyOf(shards);
    }

    RingFindings findings(int limit) {
        List<TokenRange> uncovered = coverage.gaps().minus(onTheirWay()).ranges();
        List<SharedRange> shared = new ArrayList<>();
        for (TokenRange range : coverage.doubled().ranges()) {
            shared.add(new SharedRange(range, owners(range)));
        }
        for (Holdings shard : shards) {
            for (TokenRange range : shard.owned().intersection(shard.hidden()).ranges()) {
                shared.add(new SharedRange(range, List.of(shard.shard())));
            }
        }
        return new RingFindings(
                Occurrences.of(uncovered, limit),
                Occurrences.of(shared, limit),
                SetBack.sentences(setBack(
                        Stream.concat(uncovered.stream(), shared.stream().map(SharedRange::range))
                                .toList())),
                uncovered.isEmpty() ? List.of() : List.copyOf(strangers()));
    }

    /** What contradicts of some ranges, and whose logs are shorter than they were, whatever was lost with that. */
    private Set<SetBack> setBack(List<TokenRange> ranges) {
        Set<SetBack> all = SetBack.among(said(shards));
        all.addAll(forgetful);
        Set<SetBack> found = new LinkedHashSet<>(SetBack.of(all, ranges));
        found.addAll(shorter);
        return found;
    }

    /** What shards have noted, by their names. */
    static Map<String, ShardRanges> said(Collection<Holdings> shards) {
        return shards.stream().collect(Collectors.toMap(Holdings::shard, Holdings::ranges));
    }

    private SortedSet<String> strangers() {
        SortedSet<String> known = new TreeSet<>();
        shards.forEach(shard -> known.addAll(shard.knownShards()));
        shards.forEach(shard -> known.remove(shard.shard()));
        return known;
    }

    /** What has no owner, and whose target holds the copy that it was handed over with: any router finishes it. */
    private TokenSet onTheirWay() {
        List<TokenRange> ranges = new ArrayList<>();
        for (Holdings source : shards) {
            for (CommittedHandover handover : source.ranges().committed()) {
                if (shards.stream()
                        .anyMatch(target -> target.shard().equals(handover.target())
                                && target.ranges().awaits(handover))) {
                    ranges.add(handover.range());
                }
            }
        }
        return TokenSet.of(ranges);
    }

    private List<String> owners(TokenRange range) {
        TokenSet tokens = TokenSet.of(List.of(range));
        return shards.stream()
                .filter(shard -> !shard.owned().intersection(tokens).isEmpty())
                .map(Holdings::shard)
                .toList();
    }

    /** The shard that owns a token; the first of them, if there are several. */
    Optional<String> ownerOf(long token) {
        return shards.stream()
                .filter(shard -> shard.owns(token))
                .map(Holdings::shard)
                .findFirst();
    }

    /** Of the shards that have any. */
    Map<String, Leftovers> leftovers() {
        Map<String, Leftovers> leftovers = new LinkedHashMap<>();
        for (Holdings shard : shards) {
            if (shard.ranges().leftovers().total() > 0) {
                leftovers.put(shard.shard(), shard.ranges().leftovers());
            }
        }
        return leftovers;
    }
}
