package dev.ringshard.internal.handover;

import dev.ringshard.internal.ownership.CommittedHandover;
import dev.ringshard.internal.ownership.DepartedRange;
import dev.ringshard.internal.ownership.DepartedRangeTable;
import dev.ringshard.internal.ownership.IncomingRange;
import dev.ringshard.internal.ownership.IncomingRangeTable;
import dev.ringshard.internal.ownership.OwnedRangeTable;
import dev.ringshard.ring.TokenRange;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jooq.DSLContext;
import org.jooq.Query;

/**
 * Steps of a handover on its target. Every method runs in the caller's transaction; what a step means, and why the order is
 * safe, stands with {@link Handover}. The other half is {@link HandoverSource}.
 */
final class HandoverTarget {
    private HandoverTarget() {}

    /**
     * Before the copy: whether this attempt may stage. It may not if any of the ranges is owned here, or staged by an attempt
     * that is not older.
     *
     * <p>INVARIANT: what is staged is looked at before what is owned. An activation turns the one into the other, without
     * the lock of the stagers; in the other order a late mover could see neither, and stage over live rows.
     */
    static boolean mayStage(DSLContext dsl, List<TokenRange> ranges, long epoch) {
        return ranges.stream().noneMatch(range -> IncomingRangeTable.isStaged(dsl, range, epoch))
                && ranges.stream().noneMatch(range -> OwnedRangeTable.ownsAny(dsl, range));
    }

    /** Forgets what earlier attempts and stays recorded here, also where they overlap in part. */
    static void trimHidden(DSLContext dsl, TokenRange range) {
        for (IncomingRange incoming : IncomingRangeTable.overlapping(dsl, range)) {
            IncomingRangeTable.deletion(dsl, List.of(incoming.range().first())).execute();
            incoming.range()
                    .without(range)
                    .forEach(rest -> IncomingRangeTable.insert(
                            dsl, new IncomingRange(rest, incoming.epoch(), incoming.source()), 0, "trimmed"));
        }
        for (DepartedRange departed : DepartedRangeTable.lock(dsl, range)) {
            DepartedRangeTable.delete(dsl, departed);
            departed.range().without(range).forEach(rest -> DepartedRangeTable.insertion(
                            dsl, new DepartedRange(rest, departed.epoch(), departed.target()))
                    .execute());
        }
    }

    /** After the copy: records what was staged. */
    static void stage(DSLContext dsl, List<CommittedHandover> staged, String source) {
        staged.forEach(copy -> IncomingRangeTable.insert(
                dsl, new IncomingRange(copy.range(), copy.epoch(), source), copy.rows(), copy.digest()));
    }

    /**
     * Holds the records of what was staged until the transaction ends, and corrects what they say of it.
     *
     * @return whether all of it is still there, staged with exactly these epochs
     */
    static boolean restage(DSLContext dsl, List<CommittedHandover> copies) {
        if (lockStaged(dsl, copies).size() < copies.size()) {
            return false;
        }
        copies.forEach(copy -> IncomingRangeTable.update(dsl, copy.range(), copy.rows(), copy.digest()));
        return true;
    }

    private static List<CommittedHandover> lockStaged(DSLContext dsl, List<CommittedHandover> handovers) {
        Set<IncomingRange> there = new HashSet<>(IncomingRangeTable.lock(dsl, firstTokens(handovers)));
        return handovers.stream()
                .filter(handover -> there.stream()
                        .anyMatch(incoming ->
                                incoming.range().equals(handover.range()) && incoming.epoch() == handover.epoch()))
                .toList();
    }

    private static List<Long> firstTokens(List<CommittedHandover> handovers) {
        return handovers.stream().map(handover -> handover.range().first()).toList();
    }

    /** Begins the ownership of what was staged with exactly these epochs; of all else, does nothing. */
    static void activate(DSLContext dsl, List<CommittedHandover> handovers) {
        List<CommittedHandover> staged = lockStaged(dsl, handovers);
        if (staged.isEmpty()) {
            return;
        }
        List<Query> changes = new ArrayList<>();
        changes.add(IncomingRangeTable.deletion(dsl, firstTokens(staged)));
        staged.forEach(copy -> changes.add(OwnedRangeTable.insertion(dsl, copy.range(), copy.epoch())));
        dsl.batch(changes).execute();
    }
}
