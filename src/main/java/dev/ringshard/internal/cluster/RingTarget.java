package dev.ringshard.internal.cluster;

import dev.ringshard.config.RingConfig;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.internal.ring.RangeMove;
import dev.ringshard.internal.ring.RingDifference;
import dev.ringshard.ring.Member;
import dev.ringshard.ring.TokenMap;
import dev.ringshard.ring.TokenRows;
import dev.ringshard.status.PinnedKey;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Who should own what by a configuration. Immutable. */
public record RingTarget(RingConfig ring, List<Member> members) {
    private static final TokenMap<String> NOTHING = TokenMap.of(List.of());

    public RingTarget {
        members = List.copyOf(members);
    }

    /** By the ring, the shards and the weights of a configuration. */
    public static RingTarget of(RingshardConfig config) {
        return new RingTarget(config.ring(), config.members());
    }

    /** Who should own what, where so much is owned already; complete. */
    public TokenMap<String> from(TokenMap<String> owners) {
        return ring.pins().target(owners, ring.strategy(), ring.hash(), ring.virtualNodes(), members);
    }

    /** As {@link #from(TokenMap)}, by how many rows stand where. */
    public TokenMap<String> from(TokenMap<String> owners, TokenRows rows) {
        return ring.pins().target(owners, ring.strategy(), ring.hash(), ring.virtualNodes(), members, rows);
    }

    /** What a cluster is founded with: from nothing but the configuration. */
    public TokenMap<String> founding() {
        return from(NOTHING);
    }

    /**
     * What each shard should own of the ring, 0 to 1, however the ring is owned now; by a strategy that depends on the rows, what it
     * owns, as long as they are not measured.
     *
     * @param owners who owns what now; there may be gaps
     */
    public Map<String, Double> shares(TokenMap<String> owners) {
        if (!ring.strategy().dependsOnRows()) {
            return founding().shares();
        }
        return (owners.isComplete() ? from(owners) : owners).shares();
    }

    /** What has to move where so much is owned; the owners must be complete. */
    public List<RangeMove> pending(TokenMap<String> owners) {
        return RingDifference.between(owners, from(owners));
    }

    /** The keys that are pinned, ascending, and who owns them now; there may be gaps. */
    public List<PinnedKey> pins(TokenMap<String> owners) {
        return ring.pins().shards().entrySet().stream()
                .map(pin -> new PinnedKey(
                        pin.getKey(),
                        pin.getValue(),
                        Optional.ofNullable(owners.get(ring.hash().token(pin.getKey())))))
                .sorted(Comparator.comparing(PinnedKey::key))
                .toList();
    }

    /** The part of the ring that moves, 0 to 1. */
    public static double share(List<RangeMove> moves) {
        return moves.stream().mapToDouble(move -> move.range().fraction()).sum();
    }
}
