package dev.ringshard.verify;

import dev.ringshard.ownership.HandoverTables;
import dev.ringshard.ownership.HandoverTables.Committed;
import dev.ringshard.ownership.HandoverTables.Departed;
import dev.ringshard.ownership.HandoverTables.Incoming;
import dev.ringshard.ring.TokenSet;
import java.util.List;
import java.util.stream.Stream;
import org.jooq.DSLContext;

/** What a shard has recorded of moves that are not quite over. */
record Moves(List<Incoming> incoming, List<Departed> departed, List<Committed> committed) {

    static Moves read(DSLContext dsl) {
        return new Moves(HandoverTables.incoming(dsl), HandoverTables.departed(dsl), HandoverTables.committed(dsl));
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
