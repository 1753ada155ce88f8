package dev.ringshard.internal.watch;

import dev.ringshard.internal.cluster.RingTarget;
import dev.ringshard.internal.ring.RangeMove;
import dev.ringshard.internal.ring.RingDifference;
import dev.ringshard.ring.TokenMap;
import dev.ringshard.ring.TokenRange;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Who owned what at one look, and who should.
 *
 * @param owners as far as is known; what is being handed over counts as its target's
 * @param target who should own what; empty if that cannot be told, because parts of the ring are unknown
 * @param pending what has still to move; empty if nothing has, or if it cannot be told
 * @param transit what is on its way right now
 */
public record ObservedRing(
        TokenMap<String> owners, TokenMap<String> target, List<RangeMove> pending, Set<RangeInTransit> transit) {

    public ObservedRing {
        pending = List.copyOf(pending);
        transit = Set.copyOf(transit);
    }

    static ObservedRing of(TokenMap<String> owners, TokenMap<String> target, Set<RangeInTransit> transit) {
        boolean isKnown = owners.isComplete() && target.isComplete();
        return new ObservedRing(owners, target, isKnown ? RingDifference.between(owners, target) : List.of(), transit);
    }

    /** The part of the ring that has still to move, 0 to 1; empty if it cannot be told. */
    public OptionalDouble pendingShare() {
        return owners.isComplete() && target.isComplete()
                ? OptionalDouble.of(RingTarget.share(pending))
                : OptionalDouble.empty();
    }

    /** The part of the ring whose owner no shard knows, 0 to 1. */
    public double unknownShare() {
        return owners.gaps().stream().mapToDouble(TokenRange::fraction).sum();
    }
}
