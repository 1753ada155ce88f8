package dev.ringshard.internal.ownership;

import static dev.ringshard.generated.ringshard.Tables.OWNED_RANGE;
import static org.jooq.impl.DSL.max;

import dev.ringshard.failure.CorruptionException;
import dev.ringshard.internal.shard.Dialect;
import dev.ringshard.internal.shard.PostgresSlots;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.ring.TokenRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Query;
import org.jooq.Record;
import org.jooq.Record2;
import org.jooq.Result;
import org.jooq.ResultQuery;
import org.jooq.Select;
import org.jooq.SelectConditionStep;
import org.jooq.impl.DSL;

/**
 * The SQL of {@code ringshard.owned_range}: the ranges that a shard owns, whose rows are also the locks of the work on
 * them. Every method runs in the caller's transaction.
 */
public final class OwnedRangeTable {
    private static final RangeColumns RANGE = new RangeColumns(OWNED_RANGE.FIRST_TOKEN, OWNED_RANGE.LAST_TOKEN);
    private static final String BEFORE_HOLDING = "ringshard_before_holding";

    /** The table, for a session that takes a lock on all of it. */
    public static final String NAME = "ringshard.owned_range";

    /** A boolean expression, never null: whether the shard owns a token. Two parameters, both the token. */
    public static final String OWNS = "COALESCE((SELECT o.last_token >= ? FROM ringshard.owned_range o"
            + " WHERE o.first_token <= ? AND NOT o.is_restored ORDER BY o.first_token DESC LIMIT 1), FALSE)";

    /** The first token of the range that has a token. Two parameters, both the token. */
    public static final String FIND = "SELECT first_token FROM ringshard.owned_range"
            + " WHERE first_token <= ? AND last_token >= ? ORDER BY first_token DESC LIMIT 1";

    /** Holds a range's row; its last token, and whether what is written to it is logged. One parameter: its first token. */
    public static final String LOCK =
            "SELECT last_token, is_logged FROM ringshard.owned_range WHERE first_token = ? FOR UPDATE";

    /** The ranges with a token that are being copied, as a query reads from them. Two parameters, both the token. */
    static final String LOGGED_WITH_TOKEN =
            "ringshard.owned_range WHERE is_logged AND first_token <= ? AND last_token >= ?";

    /** Leaves room for 2^43 moves of a range. */
    private static final long MOST_ABOVE = 1 << 20;

    private OwnedRangeTable() {}

    /** The ranges that the shard owns, ascending. */
    public static List<OwnedRange> all(DSLContext dsl) {
        return dsl.selectFrom(OWNED_RANGE).orderBy(OWNED_RANGE.FIRST_TOKEN).fetch(OwnedRangeTable::toOwned);
    }

    /** As {@link #all}, of what overlaps a range. */
    public static List<OwnedRange> overlapping(DSLContext dsl, TokenRange range) {
        return dsl.selectFrom(OWNED_RANGE)
                .where(RANGE.overlap(range))
                .orderBy(OWNED_RANGE.FIRST_TOKEN)
                .fetch(OwnedRangeTable::toOwned);
    }

    /** Whether the database user may change who owns what, as a mover must. */
    public static boolean mayChange(DSLContext dsl) {
        return Dialect.of(dsl).catalog().mayUpdate(dsl, NAME);
    }

    /**
     * Lets no session change who owns what, also one that no other trigger holds; waits for movers, a moment, and for no one else. Only
     * where the database can be left.
     */
    static void refuseChanges(DSLContext dsl) {
        Dialect.of(dsl).removal().orElseThrow().refuseChanges(dsl, NAME, "ringshard.refuse_change");
    }

    /** Ends {@link #refuseChanges}. */
    static void allowChanges(DSLContext dsl) {
        Dialect.of(dsl).removal().ifPresent(removal -> removal.allowChanges(dsl, NAME));
    }

    /** Whether {@link #refuseChanges} is at work. */
    static boolean refusesChanges(DSLContext dsl) {
        return Dialect.of(dsl)
                .removal()
                .map(removal -> removal.refusesChanges(dsl, NAME))
                .orElse(false);
    }

    /**
     * As {@link #all}, keeping movers off all of them until {@link #letGo} or the transaction's end. Writers pass where the
     * database has shared row locks; elsewhere they wait. On PostgreSQL a function does it, with the right to lock rows that
     * the database user lacks.
     */
    public static List<OwnedRange> hold(DSLContext dsl) {
        dsl.execute("SAVEPOINT " + BEFORE_HOLDING);
        return Dialect.of(dsl).hasSharedRowLocks()
                ? dsl.fetch("SELECT first_token, last_token, epoch FROM ringshard.hold_owned()")
                        .into(OWNED_RANGE)
                        .map(OwnedRangeTable::toOwned)
                : dsl.selectFrom(OWNED_RANGE)
                        .orderBy(OWNED_RANGE.FIRST_TOKEN)
                        .forUpdate()
                        .fetch(OwnedRangeTable::toOwned);
    }

    /** Ends {@link #hold}; the transaction keeps its snapshot. */
    public static void letGo(DSLContext dsl) {
        dsl.execute("ROLLBACK TO SAVEPOINT " + BEFORE_HOLDING);
    }

    /** Gives a founder its first ranges. */
    public static void handOut(DSLContext dsl, List<TokenRange> ranges) {
        if (dsl.fetchExists(OWNED_RANGE)) {
            throw new CorruptionException("A shard that has not been given its first ranges owns some already."
                    + " Nothing was written. Stop: somebody has changed the schema ringshard by hand.");
        }
        dsl.batch(InitialRanges.cut(ranges).stream()
                        .map(range -> insertion(dsl, range, 1))
                        .toList())
                .execute();
    }

    /** A statement that makes the shard own a range. */
    public static Query insertion(DSLContext dsl, TokenRange range, long epoch) {
        return dsl.insertInto(OWNED_RANGE)
                .set(OWNED_RANGE.FIRST_TOKEN, range.first())
                .set(OWNED_RANGE.LAST_TOKEN, range.last())
                .set(OWNED_RANGE.EPOCH, epoch);
    }

    private static Query logged(DSLContext dsl, TokenRange range, long epoch) {
        return dsl.insertInto(OWNED_RANGE)
                .set(OWNED_RANGE.FIRST_TOKEN, range.first())
                .set(OWNED_RANGE.LAST_TOKEN, range.last())
                .set(OWNED_RANGE.EPOCH, epoch)
                .set(OWNED_RANGE.IS_LOGGED, true);
    }

    /** The ranges whose changes are logged, ascending: a mover is copying them, or died while it did. */
    public static List<OwnedRange> logged(DSLContext dsl) {
        return dsl.selectFrom(OWNED_RANGE)
                .where(OWNED_RANGE.IS_LOGGED)
                .orderBy(OWNED_RANGE.FIRST_TOKEN)
                .fetch(OwnedRangeTable::toOwned);
    }

    /** The ranges that are being copied under an epoch, as a query tells whether there are any. */
    static Select<?> loggedWith(Field<Long> epoch) {
        return DSL.selectOne().from(OWNED_RANGE).where(OWNED_RANGE.IS_LOGGED).and(OWNED_RANGE.EPOCH.eq(epoch));
    }

    /**
     * Logs no more of what was claimed with exactly this epoch. For a mover that claimed it and has given up: it waits for no session that
     * works there, except where the database has no shared row locks.
     */
    public static void logNoMore(DSLContext dsl, List<TokenRange> ranges, long epoch) {
        dsl.update(OWNED_RANGE)
                .set(OWNED_RANGE.IS_LOGGED, false)
                .where(OWNED_RANGE.FIRST_TOKEN.in(firsts(ranges)))
                .and(OWNED_RANGE.EPOCH.eq(epoch))
                .execute();
    }

    /** A statement that ends the ownership of ranges, each with exactly its epoch. */
    public static Query deletion(DSLContext dsl, List<OwnedRange> ranges) {
        return dsl.deleteFrom(OWNED_RANGE)
                .where(DSL.or(ranges.stream()
                        .map(owned -> OWNED_RANGE
                                .FIRST_TOKEN
                                .eq(owned.range().first())
                                .and(OWNED_RANGE.LAST_TOKEN.eq(owned.range().last()))
                                .and(OWNED_RANGE.EPOCH.eq(owned.epoch())))
                        .toList()));
    }

    /**
     * Gives each range a row of its own, with one new epoch that is higher than any that they
     * had, under which all that is written to it from then on is logged; what is cut off keeps its epoch. Waits for all work on
     * the rows that it touches.
     *
     * <p>INVARIANT: a row is locked FOR UPDATE before it is cut and logged. Cutting a row under a transaction that has entered by it
     * would leave that work without a lock on the half that is to move; and what it wrote would not be in the log.
     *
     * @param ranges ascending, without overlap
     * @param locked the answer to {@link #lockingOverlapping}
     * @return the epoch; empty if the shard does not own all of them
     */
    public static OptionalLong claim(DSLContext dsl, List<TokenRange> ranges, Result<? extends Record> locked) {
        List<OwnedRange> touched = locked.map(OwnedRangeTable::toOwned);
        for (TokenRange range : ranges) {
            if (!ShardRanges.covers(range, touched, 0)) {
                return OptionalLong.empty();
            }
        }
        long epoch =
                nextEpoch(touched.stream().mapToLong(OwnedRange::epoch).max().orElseThrow());
        cutOut(dsl, touched, ranges, epoch);
        return OptionalLong.of(epoch);
    }

    /**
     * A higher epoch, which no claim has used before.
     *
     * <p>INVARIANT: by chance, because a shard that was set back in time has forgotten which it has used, and a mover or a
     * record of before would take the same number for its own.
     */
    private static long nextEpoch(long epoch) {
        return epoch + ThreadLocalRandom.current().nextLong(1, MOST_ABOVE);
    }

    /**
     * Closes the slots of the rows that overlap some ranges, until the transaction ends, and waits for those that write there without
     * the row. A transaction that changes a row that is not being copied does so at the latest as it changes, by a trigger; here, before
     * a row is locked, no session waits meanwhile.
     */
    public static void closeSlots(DSLContext dsl, List<TokenRange> ranges) {
        slots(dsl)
                .ifPresent(slots -> slots.close(
                        dsl, bounds(dsl, ranges).andNot(OWNED_RANGE.IS_LOGGED).orderBy(OWNED_RANGE.FIRST_TOKEN)));
    }

    /**
     * A question that waits, in the order of those who came, for those that write to some ranges by a row, and keeps others from beginning
     * to, until the transaction ends. Empty where row locks are granted in order anyhow.
     */
    public static Optional<ResultQuery<? extends Record>> queueLocks(DSLContext dsl, List<TokenRange> ranges) {
        return slots(dsl).map(slots -> slots.queue(dsl, bounds(dsl, ranges)));
    }

    /**
     * In words, who has worked for longest where some ranges are, and for how long; empty where the database does not tell.
     */
    public static Optional<String> holder(DSLContext dsl, List<TokenRange> ranges) {
        return slots(dsl).flatMap(slots -> slots.holder(dsl, bounds(dsl, ranges)));
    }

    private static Optional<PostgresSlots> slots(DSLContext dsl) {
        return Dialect.of(dsl).fencing().slots();
    }

    /** The bounds of the rows that overlap some ranges. */
    private static SelectConditionStep<Record2<Long, Long>> bounds(DSLContext dsl, List<TokenRange> ranges) {
        return dsl.select(OWNED_RANGE.FIRST_TOKEN, OWNED_RANGE.LAST_TOKEN)
                .from(OWNED_RANGE)
                .where(DSL.or(ranges.stream().map(RANGE::overlap).toList()));
    }

    /** Opens the slots that the shard owns wholly and of which nothing is copied, as far as no mover is changing that. */
    public static void openSlots(Shard shard) {
        shard.dialect()
                .fencing()
                .slots()
                .ifPresent(slots -> shard.autocommit(connection -> {
                    slots.open(connection);
                    return true;
                }));
    }

    private static List<OwnedRange> lockOverlapping(DSLContext dsl, List<TokenRange> ranges) {
        closeSlots(dsl, ranges);
        return lockingOverlapping(dsl, ranges).fetch(OwnedRangeTable::toOwned);
    }

    /** A question that holds, until the transaction ends, the rows that overlap some ranges; {@link #claim} takes its answer. */
    public static ResultQuery<? extends Record> lockingOverlapping(DSLContext dsl, List<TokenRange> ranges) {
        return dsl.selectFrom(OWNED_RANGE)
                .where(DSL.or(ranges.stream().map(RANGE::overlap).toList()))
                .orderBy(OWNED_RANGE.FIRST_TOKEN)
                .forUpdate();
    }

    /** In one round trip: every session that works on these rows waits for it. */
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
        pieces.forEach(piece -> changes.add(insertion(dsl, piece.range(), piece.epoch())));
        ranges.forEach(range -> changes.add(logged(dsl, range, epoch)));
        dsl.batch(changes).execute();
    }

    /** A question that holds the rows of some ranges until the transaction ends; {@link #isClaimed} takes its answer. */
    public static ResultQuery<? extends Record> locking(DSLContext dsl, List<TokenRange> ranges) {
        return dsl.selectFrom(OWNED_RANGE)
                .where(OWNED_RANGE.FIRST_TOKEN.in(firsts(ranges)))
                .orderBy(OWNED_RANGE.FIRST_TOKEN)
                .forUpdate();
    }

    /**
     * Whether ranges are still owned with exactly this epoch, and logged. INVARIANT: where a range is not logged, its slots may be
     * open, and its row alone does not keep writers off.
     *
     * @param ranges ascending, without overlap
     * @param locked the answer to {@link #locking}
     */
    public static boolean isClaimed(Result<? extends Record> locked, List<TokenRange> ranges, long epoch) {
        return locked.getValues(OWNED_RANGE.IS_LOGGED).stream().allMatch(isLogged -> isLogged)
                && locked.map(OwnedRangeTable::toOwned)
                        .equals(ranges.stream()
                                .map(range -> new OwnedRange(range, epoch))
                                .toList());
    }

    private static List<Long> firsts(List<TokenRange> ranges) {
        return ranges.stream().map(TokenRange::first).toList();
    }

    /** Whether the shard owns a part of a range, or all of it. */
    public static boolean ownsAny(DSLContext dsl, TokenRange range) {
        return dsl.fetchExists(OWNED_RANGE, RANGE.overlap(range));
    }

    /** Raises the epoch of whatever the shard owns of a range, so that no attempt begun before can hand it over; logs no more. */
    public static void outdate(DSLContext dsl, TokenRange range) {
        lockOverlapping(dsl, List.of(range));
        Long newest = dsl.select(max(OWNED_RANGE.EPOCH))
                .from(OWNED_RANGE)
                .where(RANGE.overlap(range))
                .fetchSingle()
                .value1();
        if (newest != null) {
            dsl.update(OWNED_RANGE)
                    .set(OWNED_RANGE.EPOCH, nextEpoch(newest))
                    .set(OWNED_RANGE.IS_LOGGED, false)
                    .where(RANGE.overlap(range))
                    .execute();
        }
    }

    /**
     * Makes one row of neighbouring ones, with the newest of their epochs.
     *
     * @return whether all of them were still there as they are given, and no mover is copying them
     */
    public static boolean merge(DSLContext dsl, List<OwnedRange> neighbours) {
        TokenRange whole = new TokenRange(
                neighbours.get(0).range().first(),
                neighbours.get(neighbours.size() - 1).range().last());
        if (!lockOverlapping(dsl, List.of(whole)).equals(neighbours)
                || dsl.fetchExists(OWNED_RANGE, RANGE.overlap(whole).and(OWNED_RANGE.IS_LOGGED))) {
            return false;
        }
        dsl.deleteFrom(OWNED_RANGE).where(RANGE.overlap(whole)).execute();
        long newest = neighbours.stream().mapToLong(OwnedRange::epoch).max().orElseThrow();
        insertion(dsl, whole, newest).execute();
        return true;
    }

    private static OwnedRange toOwned(Record row) {
        return new OwnedRange(RANGE.of(row), row.get(OWNED_RANGE.EPOCH));
    }
}
