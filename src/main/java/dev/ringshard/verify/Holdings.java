package dev.ringshard.verify;

import dev.ringshard.ownership.OwnedRange;
import dev.ringshard.ownership.OwnershipTables;
import dev.ringshard.ring.TokenSet;
import dev.ringshard.routing.ShardPart;
import java.util.Set;

/**
 * What one shard says of its ranges, in the snapshot in which its rows are read.
 *
 * @param hidden tokens whose rows moves have staged or left behind there
 * @param acquaintances the shards that it knows by name: founders, and those that rows went to
 */
record Holdings(String shard, TokenSet owned, TokenSet hidden, Moves moves, Set<String> acquaintances) {

    static Holdings of(ShardPart part) {
        Moves moves = Moves.read(part.dsl());
        TokenSet owned = TokenSet.of(OwnershipTables.owned(part.dsl()).stream()
                .map(OwnedRange::range)
                .toList());
        return new Holdings(part.shard(), owned, moves.hidden(), moves, OwnershipTables.acquaintances(part.dsl()));
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
