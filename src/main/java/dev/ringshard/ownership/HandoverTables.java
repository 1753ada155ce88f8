package dev.ringshard.ownership;

import static dev.ringshard.generated.ringshard.Tables.DEPARTED_RANGE;
import static dev.ringshard.generated.ringshard.Tables.HANDOVER;
import static dev.ringshard.generated.ringshard.Tables.HANDOVER_HISTORY;
import static dev.ringshard.generated.ringshard.Tables.INCOMING_RANGE;
import static dev.ringshard.generated.ringshard.Tables.OWNED_RANGE;
import static org.jooq.impl.DSL.max;

import dev.ringshard.failure.CorruptionException;
import dev.ringshard.ring.TokenRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.TableField;

/**
 * The SQL of a handover's steps, on the source and on the target. Every method runs in the caller's transaction; what a
 * step means, and why the order is safe, stands with the protocol.
 */
public final class HandoverTables {
    private HandoverTables() {}

    /**
     * A handover that is committed on its source.
     *
     * @param digest of the rows that were staged, over all tables
     */
    public record Committed(TokenRange range, long epoch, String target, long rows, String digest) {}

    /** Rows that a handover has staged on their target. */
    public record Incoming(TokenRange range, long epoch, String source) {}

    /** Rows that a handover has left behind on their source. */
    public record Departed(TokenRange range, long epoch, String target) {}

    /**
     * Step 1, on the source: gives each range a row of its own, with one new epoch that is higher than any that they
     * had; what is cut off keeps its epoch. Waits for all work on the rows that it touches.
     *
     * <p>INVARIANT: a row is locked FOR UPDATE before it is cut. Cutting a row under somebody who has entered by it would
     * leave that work without a lock on the half that is to move.
     *
     * @param ranges ascending, without overlap
     * @return the epoch; empty if the shard does not own all of them
     */
    public static OptionalLong claim(DSLContext dsl, List<TokenRange> ranges) {
        List<OwnedRange> touched = new ArrayList<>();
        for (TokenRange range : ranges) {
            List<OwnedRange> rows = lockOverlapping(dsl, range);
            if (!covers(rows, range)) {
                return OptionalLong.empty();
            }
            touched.addAll(rows);
        }
        long epoch = 1 + touched.stream().mapToLong(OwnedRange::epoch).max().orElseThrow();
        for (TokenRange range : ranges) {
            cutOut(dsl, range, epoch);
        }
        return OptionalLong.of(epoch);
    }

    private static List<OwnedRange> lockOverlapping(DSLContext dsl, TokenRange range) {
        return dsl.select(OWNED_RANGE.FIRST_TOKEN, OWNED_RANGE.LAST_TOKEN, OWNED_RANGE.EPOCH)
                .from(OWNED_RANGE)
                .where(overlaps(OWNED_RANGE.FIRST_TOKEN, OWNED_RANGE.LAST_TOKEN, range))
                .orderBy(OWNED_RANGE.FIRST_TOKEN)
                .forUpdate()
                .fetch(HandoverTables::toOwned);
    }

    /** Whether rows that overlap a range, ascending, leave nothing of it out. */
    private static boolean covers(List<OwnedRange> rows, TokenRange range) {
        if (rows.isEmpty()
                || rows.get(0).range().first() > range.first()
                || rows.get(rows.size() - 1).range().last() < range.last()) {
            return false;
        }
        for (int i = 1; i < rows.size(); i++) {
            if (!rows.get(i - 1).range().isRightBefore(rows.get(i).range())) {
                return false;
            }
        }
        return true;
    }

    private static void cutOut(DSLContext dsl, TokenRange range, long epoch) {
        for (OwnedRange row : lockOverlapping(dsl, range)) {
            dsl.deleteFrom(OWNED_RANGE)
                    .where(OWNED_RANGE.FIRST_TOKEN.eq(row.range().first()))
                    .execute();
            if (row.range().first() < range.first()) {
                insertOwned(dsl, new TokenRange(row.range().first(), range.first() - 1), row.epoch());
            }
            if (row.range().last() > range.last()) {
                insertOwned(dsl, new TokenRange(range.last() + 1, row.range().last()), row.epoch());
            }
        }
        insertOwned(dsl, range, epoch);
    }

    private static void insertOwned(DSLContext dsl, TokenRange range, long epoch) {
        dsl.insertInto(OWNED_RANGE)
                .set(OWNED_RANGE.FIRST_TOKEN, range.first())
                .set(OWNED_RANGE.LAST_TOKEN, range.last())
                .set(OWNED_RANGE.EPOCH, epoch)
                .execute();
    }

    /**
     * Step 2, on the source: holds the ranges' rows until the transaction ends.
     *
     * @return whether they are still owned with exactly this epoch
     */
    public static boolean lock(DSLContext dsl, List<TokenRange> ranges, long epoch) {
        return ranges.stream()
                .allMatch(range -> lockOverlapping(dsl, range).equals(List.of(new OwnedRange(range, epoch))));
    }

    /**
     * Step 3, on the target, before the copy: whether this attempt may stage. It may not if any of the ranges is owned
     * here, or staged by an attempt that is not older.
     */
    public static boolean mayStage(DSLContext dsl, List<TokenRange> ranges, long epoch) {
        return ranges.stream()
                .noneMatch(range -> ownsAny(dsl, range)
                        || dsl.fetchExists(
                                INCOMING_RANGE,
                                overlaps(INCOMING_RANGE.FIRST_TOKEN, INCOMING_RANGE.LAST_TOKEN, range)
                                        .and(INCOMING_RANGE.EPOCH.ge(epoch))));
    }

    /** Whether the shard owns a part of a range, or all of it. */
    public static boolean ownsAny(DSLContext dsl, TokenRange range) {
        return dsl.fetchExists(OWNED_RANGE, overlaps(OWNED_RANGE.FIRST_TOKEN, OWNED_RANGE.LAST_TOKEN, range));
    }

    /** Step 3, on the target: forgets what earlier attempts and stays recorded here, also where they overlap in part. */
    public static void trimHidden(DSLContext dsl, TokenRange range) {
        for (Incoming incoming : incoming(dsl, range)) {
            dsl.deleteFrom(INCOMING_RANGE)
                    .where(INCOMING_RANGE.FIRST_TOKEN.eq(incoming.range().first()))
                    .execute();
            rest(incoming.range(), range)
                    .forEach(piece -> insertIncoming(dsl, piece, incoming.epoch(), incoming.source(), 0, "trimmed"));
        }
        for (Departed departed : lockDeparted(dsl, range)) {
            dsl.deleteFrom(DEPARTED_RANGE)
                    .where(DEPARTED_RANGE.FIRST_TOKEN.eq(departed.range().first()))
                    .execute();
            rest(departed.range(), range)
                    .forEach(piece -> insertDeparted(dsl, piece, departed.epoch(), departed.target()));
        }
    }

    /** What is left of a range when another is taken out of it. */
    private static List<TokenRange> rest(TokenRange whole, TokenRange without) {
        List<TokenRange> rest = new ArrayList<>(2);
        if (whole.first() < without.first()) {
            rest.add(new TokenRange(whole.first(), without.first() - 1));
        }
        if (whole.last() > without.last()) {
            rest.add(new TokenRange(without.last() + 1, whole.last()));
        }
        return rest;
    }

    /** Step 3, on the target, after the copy: records what was staged. */
    public static void insertIncoming(
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

    /** Step 4, on the source: ends the ownership of a range that {@link #lock} holds, and records where it goes. */
    public static void handOver(DSLContext dsl, Committed handover) {
        int ended = dsl.deleteFrom(OWNED_RANGE)
                .where(OWNED_RANGE.FIRST_TOKEN.eq(handover.range().first()))
                .and(OWNED_RANGE.LAST_TOKEN.eq(handover.range().last()))
                .and(OWNED_RANGE.EPOCH.eq(handover.epoch()))
                .execute();
        if (ended != 1) {
            throw new CorruptionException(
                    "A range %s that was locked for its handover is owned %d times. It was not handed over; nothing moved. Stop: somebody changes the schema ringshard by hand."
                            .formatted(handover.range(), ended));
        }
        insertDeparted(dsl, handover.range(), handover.epoch(), handover.target());
        dsl.insertInto(HANDOVER)
                .set(HANDOVER.FIRST_TOKEN, handover.range().first())
                .set(HANDOVER.LAST_TOKEN, handover.range().last())
                .set(HANDOVER.EPOCH, handover.epoch())
                .set(HANDOVER.TARGET, handover.target())
                .set(HANDOVER.ROW_COUNT, handover.rows())
                .set(HANDOVER.DIGEST, handover.digest())
                .execute();
    }

    private static void insertDeparted(DSLContext dsl, TokenRange range, long epoch, String target) {
        dsl.insertInto(DEPARTED_RANGE)
                .set(DEPARTED_RANGE.FIRST_TOKEN, range.first())
                .set(DEPARTED_RANGE.LAST_TOKEN, range.last())
                .set(DEPARTED_RANGE.EPOCH, epoch)
                .set(DEPARTED_RANGE.TARGET, target)
                .execute();
    }

    /** Step 5, on the target: begins the ownership of what was staged with exactly this epoch; otherwise does nothing. */
    public static void activate(DSLContext dsl, TokenRange range, long epoch) {
        int staged = dsl.deleteFrom(INCOMING_RANGE)
                .where(INCOMING_RANGE.FIRST_TOKEN.eq(range.first()))
                .and(INCOMING_RANGE.LAST_TOKEN.eq(range.last()))
                .and(INCOMING_RANGE.EPOCH.eq(epoch))
                .execute();
        if (staged == 1) {
            insertOwned(dsl, range, epoch);
        }
    }

    /** Step 6, on the source: forgets a handover with exactly this epoch. */
    public static void finish(DSLContext dsl, TokenRange range, long epoch) {
        dsl.deleteFrom(HANDOVER)
                .where(HANDOVER.FIRST_TOKEN.eq(range.first()))
                .and(HANDOVER.EPOCH.eq(epoch))
                .execute();
    }

    /** For people: what moved, and how long writes to it waited. */
    public static void insertHistory(DSLContext dsl, Committed handover, String source, long writePauseMicros) {
        dsl.insertInto(HANDOVER_HISTORY)
                .set(HANDOVER_HISTORY.FIRST_TOKEN, handover.range().first())
                .set(HANDOVER_HISTORY.LAST_TOKEN, handover.range().last())
                .set(HANDOVER_HISTORY.EPOCH, handover.epoch())
                .set(HANDOVER_HISTORY.SOURCE, source)
                .set(HANDOVER_HISTORY.TARGET, handover.target())
                .set(HANDOVER_HISTORY.ROW_COUNT, handover.rows())
                .set(HANDOVER_HISTORY.WRITE_PAUSE_MICROS, writePauseMicros)
                .execute();
    }

    /** The handovers that are committed on a source and not finished, the newest first. */
    public static List<Committed> committed(DSLContext dsl) {
        return dsl.selectFrom(HANDOVER)
                .orderBy(HANDOVER.EPOCH.desc(), HANDOVER.FIRST_TOKEN)
                .fetch(row -> new Committed(
                        new TokenRange(row.get(HANDOVER.FIRST_TOKEN), row.get(HANDOVER.LAST_TOKEN)),
                        row.get(HANDOVER.EPOCH),
                        row.get(HANDOVER.TARGET),
                        row.get(HANDOVER.ROW_COUNT),
                        row.get(HANDOVER.DIGEST)));
    }

    /** All that is staged here and not owned. */
    public static List<Incoming> incoming(DSLContext dsl) {
        return incoming(dsl, TokenRange.ALL);
    }

    private static List<Incoming> incoming(DSLContext dsl, TokenRange range) {
        return dsl.selectFrom(INCOMING_RANGE)
                .where(overlaps(INCOMING_RANGE.FIRST_TOKEN, INCOMING_RANGE.LAST_TOKEN, range))
                .orderBy(INCOMING_RANGE.FIRST_TOKEN)
                .fetch(row -> new Incoming(
                        new TokenRange(row.get(INCOMING_RANGE.FIRST_TOKEN), row.get(INCOMING_RANGE.LAST_TOKEN)),
                        row.get(INCOMING_RANGE.EPOCH),
                        row.get(INCOMING_RANGE.SOURCE)));
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

    /** All that left and awaits its deletion. */
    public static List<Departed> departed(DSLContext dsl) {
        return dsl.selectFrom(DEPARTED_RANGE)
                .orderBy(DEPARTED_RANGE.FIRST_TOKEN)
                .fetch(HandoverTables::toDeparted);
    }

    private static List<Departed> lockDeparted(DSLContext dsl, TokenRange range) {
        return dsl.selectFrom(DEPARTED_RANGE)
                .where(overlaps(DEPARTED_RANGE.FIRST_TOKEN, DEPARTED_RANGE.LAST_TOKEN, range))
                .orderBy(DEPARTED_RANGE.FIRST_TOKEN)
                .forUpdate()
                .fetch(HandoverTables::toDeparted);
    }

    /** Step 7, on the source: holds the record until the transaction ends; empty if it is no longer there. */
    public static Optional<Departed> lockDeparted(DSLContext dsl, Departed departed) {
        return lockDeparted(dsl, departed.range()).stream()
                .filter(departed::equals)
                .findFirst();
    }

    /** Step 7, on the source: forgets what {@link #lockDeparted(DSLContext, Departed)} holds. */
    public static void deleteDeparted(DSLContext dsl, Departed departed) {
        dsl.deleteFrom(DEPARTED_RANGE)
                .where(DEPARTED_RANGE.FIRST_TOKEN.eq(departed.range().first()))
                .execute();
    }

    /** Waits for all other stagers of this shard, and keeps them off until the transaction ends. */
    public static void holdStaging(DSLContext dsl) {
        OwnershipTables.lockMembership(dsl);
    }

    /** Raises the epoch of whatever the shard owns of a range, so that no attempt begun before can hand it over. */
    public static void outdate(DSLContext dsl, TokenRange range) {
        lockOverlapping(dsl, range);
        Long newest = dsl.select(max(OWNED_RANGE.EPOCH))
                .from(OWNED_RANGE)
                .where(overlaps(OWNED_RANGE.FIRST_TOKEN, OWNED_RANGE.LAST_TOKEN, range))
                .fetchSingle()
                .value1();
        if (newest != null) {
            dsl.update(OWNED_RANGE)
                    .set(OWNED_RANGE.EPOCH, newest + 1)
                    .where(overlaps(OWNED_RANGE.FIRST_TOKEN, OWNED_RANGE.LAST_TOKEN, range))
                    .execute();
        }
    }

    private static Condition overlaps(TableField<?, Long> first, TableField<?, Long> last, TokenRange range) {
        return first.le(range.last()).and(last.ge(range.first()));
    }

    private static OwnedRange toOwned(Record row) {
        return new OwnedRange(
                new TokenRange(row.get(OWNED_RANGE.FIRST_TOKEN), row.get(OWNED_RANGE.LAST_TOKEN)),
                row.get(OWNED_RANGE.EPOCH));
    }

    private static Departed toDeparted(Record row) {
        return new Departed(
                new TokenRange(row.get(DEPARTED_RANGE.FIRST_TOKEN), row.get(DEPARTED_RANGE.LAST_TOKEN)),
                row.get(DEPARTED_RANGE.EPOCH),
                row.get(DEPARTED_RANGE.TARGET));
    }
}
