package dev.ringshard.verify;

import dev.ringshard.ownership.HandoverSource;
import dev.ringshard.ownership.HandoverSource.Committed;
import dev.ringshard.ownership.HandoverSource.Departed;
import dev.ringshard.ownership.HandoverTarget;
import dev.ringshard.ownership.HandoverTarget.Incoming;
import dev.ringshard.ring.TokenSet;
import java.util.List;
import java.util.stream.Stream;
import org.jooq.DSLContext;

/** What a shard has recorded of moves that are not quite over. */
record Moves(List<Incoming> incoming, List<Departed> departed, List<Committed> committed) {

    static Moves read(DSLContext dsl) {
        return new Moves(HandoverTarget.incoming(dsl), HandoverSource.departed(dsl), HandoverSource.committed(dsl));
    }

    /** The tokens whose rows are on the shard without being anybody's there. */
    TokenSet hidden() {
        return TokenSet.of(Stream.concat(
                        incoming.stream().map(Incoming::range),
                        departed.stream().map(Departed::range))
                .toList());
    }

    /** Whether a handover to this shard can be finished here. */
    boolean awaits(Committed handover) {
        return incoming.stream()
                .anyMatch(staged ->
                        staged.epoch() == handover.epoch() && staged.range().equals(handover.range()));
    }

    Leftovers leftovers(String shard) {
        return new Leftovers(shard, incoming.size(), departed.size(), committed.size());
    }
}
