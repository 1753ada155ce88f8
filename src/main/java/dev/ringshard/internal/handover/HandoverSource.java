package dev.ringshard.internal.handover;

import dev.ringshard.failure.CorruptionException;
import dev.ringshard.internal.ownership.ChangeTable;
import dev.ringshard.internal.ownership.CommittedHandover;
import dev.ringshard.internal.ownership.DepartedRange;
import dev.ringshard.internal.ownership.DepartedRangeTable;
import dev.ringshard.internal.ownership.HandoverHistoryTable;
import dev.ringshard.internal.ownership.HandoverHistoryTable.Measured;
import dev.ringshard.internal.ownership.HandoverTable;
import dev.ringshard.internal.ownership.OwnedRange;
import dev.ringshard.internal.ownership.OwnedRangeTable;
import dev.ringshard.ring.TokenRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.Query;

/**
 * Steps of a handover on its source that touch several tables. Every method runs in the caller's transaction. The other half
 * is {@link HandoverTarget}.
 */
final class HandoverSource {
    private HandoverSource() {}

    /** Ends the ownership of ranges whose rows are locked, and records where they go; in one round trip. */
    static void handOver(DSLContext dsl, List<CommittedHandover> handovers) {
        List<Query> changes = new ArrayList<>();
        changes.add(OwnedRangeTable.deletion(
                dsl,
                handovers.stream()
                        .map(handover -> new OwnedRange(handover.range(), handover.epoch()))
                        .toList()));
        for (CommittedHandover handover : handovers) {
            changes.add(DepartedRangeTable.insertion(
                    dsl, new DepartedRange(handover.range(), handover.epoch(), handover.target())));
            changes.add(HandoverTable.insertion(dsl, handover));
        }
        int ended = dsl.batch(changes).execute()[0];
        if (ended != handovers.size()) {
            throw new CorruptionException(
                    "Of %d ranges that were locked for their handover, %d are owned. Nothing was handed over; nothing moved. Stop: somebody changes the schema ringshard by hand."
                            .formatted(handovers.size(), ended));
        }
    }

    /** Ends the log of ranges that were claimed with an epoch, if they still are; for a mover that claimed them and gives up. */
    static void logNoMore(DSLContext dsl, List<TokenRange> ranges, long epoch) {
        OwnedRangeTable.logNoMore(dsl, ranges, epoch);
        dsl.batch(ranges.stream()
                        .map(range -> ChangeTable.deletion(dsl, range, epoch))
                        .toList())
                .execute();
    }

    /**
     * Forgets handovers with exactly these epochs, and writes those that it forgets into the history. What was logged for them has
     * been copied.
     *
     * @param source the name of this shard
     * @param measured what their mover measured; empty if another process finishes for it
     */
    static void finish(DSLContext dsl, List<CommittedHandover> handovers, String source, Optional<Measured> measured) {
        for (CommittedHandover handover : handovers) {
            if (HandoverTable.delete(dsl, handover)) {
                HandoverHistoryTable.add(dsl, handover, source, measured);
                ChangeTable.deletion(dsl, handover.range(), handover.epoch()).execute();
            }
        }
    }
}
