package dev.ringshard.verify;

import dev.ringshard.internal.ownership.OwnedRange;
import dev.ringshard.internal.ownership.OwnedRangeTable;
import dev.ringshard.internal.ownership.ShardReport;
import dev.ringshard.ring.TokenSet;
import dev.ringshard.scatter.ShardPart;
import java.util.Set;

/**
 * What one shard says of its ranges, in the snapshot in which its rows are read.
 *
 * @param hidden tokens whose rows moves have staged or left behind there
 * @param acquaintances the shards that it knows by name: founders, and those that rows went to
 */
record Holdings(String shard, TokenSet owned, TokenSet hidden, UnfinishedHandovers moves, Set<String> acquaintances) {

    static Holdings of(ShardPart part) {
        UnfinishedHandovers moves = UnfinishedHandovers.read(part.dsl());
        TokenSet owned = TokenSet.of(
                OwnedRangeTable.all(part.dsl()).stream().map(OwnedRange::range).toList());
        return new Holdings(part.shard(), owned, moves.hidden(), moves, ShardReport.knownShards(part.dsl()));
    }

    boolean owns(long token) {
        return owned.contains(token);
    }

    /** Whether a row with this token is nobody's here, and rightly so. */
    boolean hides(long token) {
        return hidden.contains(token) && !owned.contains(token);
    }

    Leftovers leftovers() {
        return moves.leftovers(shard);
    }
}
