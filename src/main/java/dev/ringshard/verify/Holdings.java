package dev.ringshard.verify;

import dev.ringshard.internal.ownership.KnownShards;
import dev.ringshard.internal.ownership.ShardRanges;
import dev.ringshard.ring.TokenSet;
import dev.ringshard.scatter.ShardPart;
import java.util.Set;

/**
 * What one shard says of its ranges, in the snapshot in which its rows are read.
 *
 * @param hidden tokens whose rows handovers have staged or left behind there
 * @param knownShards those that it knows by name: founders, and those that rows went to
 */
record Holdings(String shard, ShardRanges ranges, TokenSet owned, TokenSet hidden, Set<String> knownShards)
        implements Placement {

    static Holdings of(ShardPart part) {
        ShardRanges ranges = ShardRanges.of(part.dsl());
        return new Holdings(
                part.shard(), ranges, ranges.ownedTokens(), ranges.hiddenTokens(), KnownShards.of(part.dsl()));
    }

    @Override
    public boolean owns(long token) {
        return owned.contains(token);
    }

    @Override
    public boolean hides(long token) {
        return hidden.contains(token) && !owned.contains(token);
    }
}
