package dev.ringshard.ownership;

import static dev.ringshard.generated.ringshard.Tables.DEPARTED_RANGE;
import static dev.ringshard.generated.ringshard.Tables.HANDOVER;
import static dev.ringshard.generated.ringshard.Tables.HANDOVER_HISTORY;
import static dev.ringshard.generated.ringshard.Tables.OWNED_RANGE;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.max;

import dev.ringshard.failure.CorruptionException;
import dev.ringshard.ownership.HandoverHistory.Measured;
import dev.ringshard.ring.TokenRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Query;
import org.jooq.Record;
import org.jooq.TableField;
import org.jooq.impl.DSL;

/**
 * The SQL of a handover's steps on its source. Every method runs in the caller's transaction; what a step means, and why
 * the order is safe, stands with the protocol. The other half is {@link HandoverTarget}.
 */
public final class HandoverSource {
    private HandoverSource() {}

    /**
     * A handover that is committed on its source.
     *
     * @param digest of the rows that were staged, over all tables
     */
    public record Committed(TokenRange range, long epoch, String target, long rows, String digest) {}

    /** Rows that a handover has left behind on their source. */
    public record Departed(TokenRange range, long epoch, String target) {}

    /**
     * Gives each range a row of its own, with one new epoch that is higher than any that they
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
        cutOut(dsl, touched.stream().distinct().toList(), ranges, epoch);
        return OptionalLong.of(epoch);
    }

    private static List<OwnedRange> lockOverlapping(DSLContext dsl, TokenRange range) {
        return dsl.select(OWNED_RANGE.FIRST_TOKEN, OWNED_RANGE.LAST_TOKEN, OWNED_RANGE.EPOCH)
                .from(OWNED_RANGE)
                .where(overlaps(OWNED_RANGE.FIRST_TOKEN, OWNED_RANGE.LAST_TOKEN, range))
                .orderBy(OWNED_RANGE.FIRST_TOKEN)
                .forUpdate()
                .fetch(HandoverSource::toOwned);
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

    /** In one round trip: everybody who works on these rows waits for it. */
    private static void cutOut(DSLContext dsl, List<OwnedRange> rows, List<TokenRange> ranges, long epoch) {
        List<OwnedRange> pieces = rows;
        for (TokenRange range : ranges) {
            pieces = pieces.stream()
                    .flatMap(piece ->
                            piece.range().without(range).stream().map(rest -> new OwnedRange(rest, piece.epoch())))
                    .toList();
        }
        List<Query> changes = new ArrayList<>();
        changes.add(dsl.deleteFrom(OWNED_RANGE)
                .where(OWNED_RANGE.FIRST_TOKEN.in(
                        rows.stream().map(row -> row.range().first()).toList())));
        pieces.forEach(piece -> changes.add(OwnershipTables.insertOwned(dsl, piece.range(), piece.epoch())));
        ranges.forEach(range -> changes.add(OwnershipTables.insertOwned(dsl, range, epoch)));
        dsl.batch(changes).execute();
    }

    /**
     * Holds the ranges' rows until the transaction ends.
     *
     * @param ranges ascending, without overlap
     * @return whether they are still owned with exactly this epoch
     */
    public static boolean lock(DSLContext dsl, List<TokenRange> ranges, long epoch) {
        List<OwnedRange> claimed =
                ranges.stream().map(range -> new OwnedRange(range, epoch)).toList();
        return dsl.select(OWNED_RANGE.FIRST_TOKEN, OWNED_RANGE.LAST_TOKEN, OWNED_RANGE.EPOCH)
                .from(OWNED_RANGE)
                .where(OWNED_RANGE.FIRST_TOKEN.in(firsts(ranges)))
                .orderBy(OWNED_RANGE.FIRST_TOKEN)
                .forUpdate()
                .fetch(HandoverSource::toOwned)
                .equals(claimed);
    }

    private static List<Long> firsts(List<TokenRange> ranges) {
        return ranges.stream().map(TokenRange::first).toList();
    }

    /** Whether the shard owns a part of a range, or all of it. */
    public static boolean ownsAny(DSLContext dsl, TokenRange range) {
        return dsl.fetchExists(OWNED_RANGE, overlaps(OWNED_RANGE.FIRST_TOKEN, OWNED_RANGE.LAST_TOKEN, range));
    }

    /** Ends the ownership of ranges that {@link #lock} holds, and records where they go; in one round trip. */
    public static void handOver(DSLContext dsl, List<Committed> handovers) {
        Query end = dsl.deleteFrom(OWNED_RANGE)
                .where(DSL.or(handovers.stream()
                        .map(handover -> OWNED_RANGE
                                .FIRST_TOKEN
                                .eq(handover.range().first())
                                .and(OWNED_RANGE.LAST_TOKEN.eq(handover.range().last()))
                                .and(OWNED_RANGE.EPOCH.eq(handover.epoch())))
                        .toList()));
        List<Query> changes = new ArrayList<>(List.of(end));
        for (Committed handover : handovers) {
            changes.add(insertDeparted(dsl, handover.range(), handover.epoch(), handover.target()));
            changes.add(insertHandover(dsl, handover));
        }
        int ended = dsl.batch(changes).execute()[0];
        if (ended != handovers.size()) {
            throw new CorruptionException(
                    "Of %d ranges that were locked for their handover, %d are owned. Nothing was handed over; nothing moved. Stop: somebody changes the schema ringshard by hand."
                            .formatted(handovers.size(), ended));
        }
    }

    private static Query insertHandover(DSLContext dsl, Committed handover) {
        return dsl.insertInto(HANDOVER)
                .set(HANDOVER.FIRST_TOKEN, handover.range().first())
                .set(HANDOVER.LAST_TOKEN, handover.range().last())
                .set(HANDOVER.EPOCH, handover.epoch())
                .set(HANDOVER.TARGET, handover.target())
                .set(HANDOVER.ROW_COUNT, handover.rows())
                .set(HANDOVER.DIGEST, handover.digest());
    }

    static Query insertDeparted(DSLContext dsl, TokenRange range, long epoch, String target) {
        return dsl.insertInto(DEPARTED_RANGE)
                .set(DEPARTED_RANGE.FIRST_TOKEN, range.first())
                .set(DEPARTED_RANGE.LAST_TOKEN, range.last())
                .set(DEPARTED_RANGE.EPOCH, epoch)
                .set(DEPARTED_RANGE.TARGET, target);
    }

    /**
     * Forgets handovers with exactly these epochs, and writes those that it forgets into the history.
     *
     * @param source this shard
     * @param measured what their mover measured; empty if somebody else finishes for it
     */
    public static void finish(DSLContext dsl, List<Committed> handovers, String source, Optional<Measured> measured) {
        for (Committed handover : handovers) {
            int forgotten = dsl.deleteFrom(HANDOVER)
                    .where(HANDOVER.FIRST_TOKEN.eq(handover.range().first()))
                    .and(HANDOVER.EPOCH.eq(handover.epoch()))
                    .execute();
            if (forgotten == 1) {
                HandoverHistory.add(dsl, handover, source, measured);
            }
        }
    }

    /** The shard that the token was last handed to from here; empty if it never was. */
    public static Optional<String> wentTo(DSLContext dsl, long token) {
        return dsl
                .select(HANDOVER.TARGET, HANDOVER.EPOCH)
                .from(HANDOVER)
                .where(inline(token).between(HANDOVER.FIRST_TOKEN, HANDOVER.LAST_TOKEN))
                .unionAll(dsl.select(HANDOVER_HISTORY.TARGET, HANDOVER_HISTORY.EPOCH)
                        .from(HANDOVER_HISTORY)
                        .where(inline(token).between(HANDOVER_HISTORY.FIRST_TOKEN, HANDOVER_HISTORY.LAST_TOKEN)))
                .orderBy(2)
                .fetch(HANDOVER.TARGET)
                .stream()
                .reduce((older, newer) -> newer);
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

    /** All that left and awaits its deletion. */
    public static List<Departed> departed(DSLContext dsl) {
        return dsl.selectFrom(DEPARTED_RANGE)
                .orderBy(DEPARTED_RANGE.FIRST_TOKEN)
                .fetch(HandoverSource::toDeparted);
    }

    static List<Departed> lockDeparted(DSLContext dsl, TokenRange range) {
        return dsl.selectFrom(DEPARTED_RANGE)
                .where(overlaps(DEPARTED_RANGE.FIRST_TOKEN, DEPARTED_RANGE.LAST_TOKEN, range))
                .orderBy(DEPARTED_RANGE.FIRST_TOKEN)
                .forUpdate()
                .fetch(HandoverSource::toDeparted);
    }

    /** Holds the record until the transaction ends; empty if it is no longer there. */
    public static Optional<Departed> lockDeparted(DSLContext dsl, Departed departed) {
        return lockDeparted(dsl, departed.range()).stream()
                .filter(departed::equals)
                .findFirst();
    }

    /** Forgets what {@link #lockDeparted(DSLContext, Departed)} holds. */
    public static void deleteDeparted(DSLContext dsl, Departed departed) {
        dsl.deleteFrom(DEPARTED_RANGE)
                .where(DEPARTED_RANGE.FIRST_TOKEN.eq(departed.range().first()))
                .execute();
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

    /**
     * Makes one row of neighbouring ones, with the newest of their epochs.
     *
     * @return whether all of them were still there as they are given
     */
    public static boolean merge(DSLContext dsl, List<OwnedRange> neighbours) {
        TokenRange whole = new TokenRange(
                neighbours.get(0).range().first(),
                neighbours.get(neighbours.size() - 1).range().last());
        if (!lockOverlapping(dsl, whole).equals(neighbours)) {
            return false;
        }
        dsl.deleteFrom(OWNED_RANGE)
                .where(overlaps(OWNED_RANGE.FIRST_TOKEN, OWNED_RANGE.LAST_TOKEN, whole))
                .execute();
        long newest = neighbours.stream().mapToLong(OwnedRange::epoch).max().orElseThrow();
        OwnershipTables.insertOwned(dsl, whole, newest).execute();
        return true;
    }

    static Condition overlaps(TableField<?, Long> first, TableField<?, Long> last, TokenRange range) {
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
