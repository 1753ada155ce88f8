package dev.ringshard.internal.handover;

import dev.ringshard.internal.ownership.ArrivedRangeTable;
import dev.ringshard.internal.ownership.CommittedHandover;
import dev.ringshard.internal.ownership.DepartedRange;
import dev.ringshard.internal.ownership.DepartedRangeTable;
import dev.ringshard.internal.ownership.IncomingRange;
import dev.ringshard.internal.ownership.IncomingRangeTable;
import dev.ringshard.internal.ownership.OwnedRange;
import dev.ringshard.internal.ownership.OwnedRangeTable;
import dev.ringshard.internal.ownership.ShardRanges;
import dev.ringshard.ring.TokenRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jooq.DSLContext;
import org.jooq.Query;
import org.jooq.Record;
import org.jooq.Result;
import org.jooq.ResultQuery;

/**
 * Steps of a handover on its target. Every method runs in the caller's transaction; what a step means, and why the order is
 * safe, stands with {@link Handover}. The other half is {@link HandoverSource}.
 */
final class HandoverTarget {
    private HandoverTarget() {}

    /**
     * Before the copy: whether this attempt may stage. It may not if any of the ranges is owned here, or staged by an attempt
     * that is not older. If it may, what earlier attempts and stays recorded here is forgotten.
     *
     * <p>INVARIANT: what is staged is looked at, and its records are removed and so held, before what is owned. An activation
     * turns the one into the other, without the lock of the stagers; in the other order a late mover could see neither, and
     * stage over live rows. From then on nothing of these ranges can be activated until the transaction ends.
     */
    static boolean mayStage(DSLContext dsl, List<TokenRange> ranges, long epoch) {
        if (ranges.stream().anyMatch(range -> IncomingRangeTable.isStaged(dsl, range, epoch))) {
            return false;
        }
        ranges.forEach(range -> trimHidden(dsl, range));
        return ranges.stream().noneMatch(range -> OwnedRangeTable.ownsAny(dsl, range));
    }

    /** Forgets what earlier attempts and stays recorded here, also where they overlap in part. */
    private static void trimHidden(DSLContext dsl, TokenRange range) {
        for (IncomingRange incoming : IncomingRangeTable.overlapping(dsl, range)) {
            IncomingRangeTable.deletion(dsl, List.of(incoming.range().first())).execute();
            incoming.range()
                    .without(range)
                    .forEach(rest -> IncomingRangeTable.insert(
                            dsl, new IncomingRange(rest, incoming.epoch(), incoming.source(), "trimmed"), 0));
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
                dsl, new IncomingRange(copy.range(), copy.epoch(), source, copy.digest()), copy.rows()));
    }

    /** A question for the records of what was staged. It holds nothing. */
    static ResultQuery<? extends Record> looking(DSLContext dsl, List<CommittedHandover> staged) {
        return IncomingRangeTable.at(dsl, firstTokens(staged));
    }

    /** As {@link #looking}, and holds them until the transaction ends. */
    static ResultQuery<? extends Record> holding(DSLContext dsl, List<CommittedHandover> staged) {
        return IncomingRangeTable.locking(dsl, firstTokens(staged));
    }

    /**
     * Whether all of it is there, staged with exactly these epochs and digests.
     *
     * @param records the answer to {@link #looking} or {@link #holding}
     */
    static boolean areStaged(Result<? extends Record> records, List<CommittedHandover> staged) {
        return among(records, staged).size() == staged.size();
    }

    /**
     * Corrects what the records say of the copy, which was copied again in part.
     *
     * @param corrected in the order of what was staged
     * @return whether all of it was still there, staged with exactly these epochs and digests
     */
    static boolean restage(DSLContext dsl, List<CommittedHandover> staged, List<CommittedHandover> corrected) {
        List<Query> corrections = new ArrayList<>();
        for (int i = 0; i < staged.size(); i++) {
            corrections.add(IncomingRangeTable.correction(dsl, staged.get(i), corrected.get(i)));
        }
        return Arrays.stream(dsl.batch(corrections).execute()).sum() == staged.size();
    }

    private static List<CommittedHandover> among(Result<? extends Record> records, List<CommittedHandover> handovers) {
        List<IncomingRange> there = IncomingRangeTable.all(records);
        return handovers.stream()
                .filter(handover -> there.stream().anyMatch(incoming -> incoming.isOf(handover)))
                .toList();
    }

    private static List<Long> firstTokens(List<CommittedHandover> handovers) {
        return handovers.stream().map(handover -> handover.range().first()).toList();
    }

    /**
     * Begins the ownership of what was staged with exactly these epochs and digests; of all else, does nothing.
     *
     * <p>INVARIANT: the digest is compared, too. A shard that was set back may hold a copy as it was before it was last
     * refreshed.
     *
     * @param held the answer to {@link #holding}
     * @return whether that was all
     */
    static boolean activate(DSLContext dsl, List<CommittedHandover> handovers, Result<? extends Record> held) {
        List<CommittedHandover> staged = among(held, handovers);
        if (staged.isEmpty()) {
            return false;
        }
        List<Query> changes = new ArrayList<>();
        changes.add(IncomingRangeTable.deletion(dsl, firstTokens(staged)));
        for (CommittedHandover copy : staged) {
            changes.add(OwnedRangeTable.insertion(dsl, copy.range(), copy.epoch()));
            changes.addAll(ArrivedRangeTable.recording(dsl, copy.range(), copy.epoch()));
        }
        dsl.batch(changes).execute();
        return staged.size() == handovers.size();
    }

    /** Those of some handovers to this shard that it demonstrably took, now or earlier. */
    static List<CommittedHandover> taken(DSLContext dsl, List<CommittedHandover> handovers) {
        List<OwnedRange> arrived = ArrivedRangeTable.all(dsl);
        return handovers.stream()
                .filter(handover -> ShardRanges.covers(handover.range(), arrived, handover.epoch()))
                .toList();
    }
}
