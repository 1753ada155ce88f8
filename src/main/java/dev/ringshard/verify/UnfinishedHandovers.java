package dev.ringshard.verify;

import dev.ringshard.internal.ownership.CommittedHandover;
import dev.ringshard.internal.ownership.DepartedRange;
import dev.ringshard.internal.ownership.DepartedRangeTable;
import dev.ringshard.internal.ownership.HandoverTable;
import dev.ringshard.internal.ownership.IncomingRange;
import dev.ringshard.internal.ownership.IncomingRangeTable;
import dev.ringshard.ring.TokenSet;
import java.util.List;
import java.util.stream.Stream;
import org.jooq.DSLContext;

/** What a shard has recorded of moves that are not quite over. */
record UnfinishedHandovers(
        List<IncomingRange> incoming, List<DepartedRange> departed, List<CommittedHandover> committed) {

    static UnfinishedHandovers read(DSLContext dsl) {
        return new UnfinishedHandovers(
                IncomingRangeTable.all(dsl), DepartedRangeTable.all(dsl), HandoverTable.all(dsl));
    }

    /** The tokens whose rows are on the shard without being anybody's there. */
    TokenSet hidden() {
        return TokenSet.of(Stream.concat(
                        incoming.stream().map(IncomingRange::range),
                        departed.stream().map(DepartedRange::range))
                .toList());
    }

    /** Whether a handover to this shard can be finished here. */
    boolean awaits(CommittedHandover handover) {
        return incoming.stream()
                .anyMatch(staged ->
                        staged.epoch() == handover.epoch() && staged.range().equals(handover.range()));
    }

    Leftovers leftovers(String shard) {
        return new Leftovers(shard, incoming.size(), departed.size(), committed.size());
    }
}
