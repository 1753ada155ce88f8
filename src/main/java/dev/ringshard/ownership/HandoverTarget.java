package dev.ringshard.ownership;

import static dev.ringshard.generated.ringshard.Tables.DEPARTED_RANGE;
import static dev.ringshard.generated.ringshard.Tables.INCOMING_RANGE;

import dev.ringshard.ownership.HandoverSource.Committed;
import dev.ringshard.ownership.HandoverSource.Departed;
import dev.ringshard.ring.TokenRange;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jooq.DSLContext;
import org.jooq.Query;
import org.jooq.Record;

/**
 * The SQL of a handover's steps on its target. Every method runs in the caller's transaction; what a step means, and why
 * the order is safe, stands with the protocol. The other half is {@link HandoverSource}.
 */
public final class HandoverTarget {
    private HandoverTarget() {}

    /** Rows that a handover has staged on their target. */
    public record Incoming(TokenRange range, long epoch, String source) {}

    /**
     * Before the copy: whether this attempt may stage. It may not if any of the ranges is owned here, or
     * staged by an attempt that is not older.
     *
     * <p>INVARIANT: what is staged is looked at before what is owned. An activation turns the one into the other, without
     * the lock of the stagers; in the other order a late mover could see neither, and stage over live rows.
     */
    public static boolean mayStage(DSLContext dsl, List<TokenRange> ranges, long epoch) {
        return ranges.stream().noneMatch(range -> isStaged(dsl, range, epoch))
                && ranges.stream().noneMatch(range -> HandoverSource.ownsAny(dsl, range));
    }

    private static boolean isStaged(DSLContext dsl, TokenRange range, long leastEpoch) {
        return dsl.fetchExists(
                INCOMING_RANGE,
                HandoverSource.overlaps(INCOMING_RANGE.FIRST_TOKEN, INCOMING_RANGE.LAST_TOKEN, range)
                        .and(INCOMING_RANGE.EPOCH.ge(leastEpoch)));
    }

    /** Forgets what earlier attempts and stays recorded here, also where they overlap in part. */
    public static void trimHidden(DSLContext dsl, TokenRange range) {
        for (Incoming incoming : incoming(dsl, range)) {
            dsl.deleteFrom(INCOMING_RANGE)
                    .where(INCOMING_RANGE.FIRST_TOKEN.eq(incoming.range().first()))
                    .execute();
            incoming.range()
                    .without(range)
                    .forEach(piece -> insertIncoming(dsl, piece, incoming.epoch(), incoming.source(), 0, "trimmed"));
        }
        for (Departed departed : HandoverSource.lockDeparted(dsl, range)) {
            dsl.deleteFrom(DEPARTED_RANGE)
                    .where(DEPARTED_RANGE.FIRST_TOKEN.eq(departed.range().first()))
                    .execute();
            departed.range().without(range).forEach(piece -> HandoverSource.insertDeparted(
                            dsl, piece, departed.epoch(), departed.target())
                    .execute());
        }
    }

    /** After the copy: records what was staged. */
    public static void stage(DSLContext dsl, List<Committed> staged, String source) {
        staged.forEach(copy -> insertIncoming(dsl, copy.range(), copy.epoch(), source, copy.rows(), copy.digest()));
    }

    private static void insertIncoming(
            DSLContext dsl, TokenRange range, long epoch, String source, long rows, String digest) {
        dsl.insertInto(INCOMING_RANGE)
                .set(INCOMING_RANGE.FIRST_TOKEN, range.first())
                .set(INCOMING_RANGE.LAST_TOKEN, range.last())
                .set(INCOMING_RANGE.EPOCH, epoch)
                .set(INCOMING_RANGE.SOURCE, source)
                .set(INCOMING_RANGE.ROW_COUNT, rows)
                .set(INCOMING_RANGE.DIGEST, digest)
                .execute();
    }

    /**
     * Holds the records of what was staged until the transaction ends, and corrects what they say of it.
     *
     * @return whether all of it is still there, staged with exactly these epochs
     */
    public static boolean restage(DSLContext dsl, List<Committed> copies) {
        if (lockStaged(dsl, copies).size() < copies.size()) {
            return false;
        }
        for (Committed copy : copies) {
            dsl.update(INCOMING_RANGE)
                    .set(INCOMING_RANGE.ROW_COUNT, copy.rows())
                    .set(INCOMING_RANGE.DIGEST, copy.digest())
                    .where(INCOMING_RANGE.FIRST_TOKEN.eq(copy.range().first()))
                    .execute();
        }
        return true;
    }

    private static List<Committed> lockStaged(DSLContext dsl, List<Committed> handovers) {
        Set<Incoming> there = new HashSet<>(dsl.selectFrom(INCOMING_RANGE)
                .where(INCOMING_RANGE.FIRST_TOKEN.in(handovers.stream()
                        .map(handover -> handover.range().first())
                        .toList()))
                .orderBy(INCOMING_RANGE.FIRST_TOKEN)
                .forUpdate()
                .fetch(HandoverTarget::toIncoming));
        return handovers.stream()
                .filter(handover -> there.stream()
                        .anyMatch(incoming ->
                                incoming.range().equals(handover.range()) && incoming.epoch() == handover.epoch()))
                .toList();
    }

    /** Begins the ownership of what was staged with exactly these epochs; of all else, does nothing. */
    public static void activate(DSLContext dsl, List<Committed> handovers) {
        List<Committed> staged = lockStaged(dsl, handovers);
        if (staged.isEmpty()) {
            return;
        }
        List<Query> changes = new ArrayList<>();
        changes.add(dsl.deleteFrom(INCOMING_RANGE)
                .where(INCOMING_RANGE.FIRST_TOKEN.in(
                        staged.stream().map(copy -> copy.range().first()).toList())));
        staged.forEach(copy -> changes.add(OwnershipTables.insertOwned(dsl, copy.range(), copy.epoch())));
        dsl.batch(changes).execute();
    }

    /** All that is staged here and not owned. */
    public static List<Incoming> incoming(DSLContext dsl) {
        return incoming(dsl, TokenRange.ALL);
    }

    private static List<Incoming> incoming(DSLContext dsl, TokenRange range) {
        return dsl.selectFrom(INCOMING_RANGE)
                .where(HandoverSource.overlaps(INCOMING_RANGE.FIRST_TOKEN, INCOMING_RANGE.LAST_TOKEN, range))
                .orderBy(INCOMING_RANGE.FIRST_TOKEN)
                .fetch(HandoverTarget::toIncoming);
    }

    /** Forgets a staged copy with exactly this epoch; false if there is none. */
    public static boolean deleteIncoming(DSLContext dsl, Incoming incoming) {
        return dsl.deleteFrom(INCOMING_RANGE)
                        .where(INCOMING_RANGE.FIRST_TOKEN.eq(incoming.range().first()))
                        .and(INCOMING_RANGE.LAST_TOKEN.eq(incoming.range().last()))
                        .and(INCOMING_RANGE.EPOCH.eq(incoming.epoch()))
                        .execute()
                == 1;
    }

    /**
     * Waits for all other stagers of this shard, and keeps them off until the transaction ends.
     *
     * @return who the shard says it is
     */
    public static Optional<Membership> holdStaging(DSLContext dsl) {
        return OwnershipTables.lockMembership(dsl);
    }

    private static Incoming toIncoming(Record row) {
        return new Incoming(
                new TokenRange(row.get(INCOMING_RANGE.FIRST_TOKEN), row.get(INCOMING_RANGE.LAST_TOKEN)),
                row.get(INCOMING_RANGE.EPOCH),
                row.get(INCOMING_RANGE.SOURCE));
    }
}
