package dev.ringshard.internal.ownership;

import static dev.ringshard.generated.ringshard.Tables.INCOMING_RANGE;

import dev.ringshard.ring.TokenRange;
import java.util.Collection;
import java.util.List;
import org.jooq.DSLContext;
import org.jooq.Query;
import org.jooq.Record;
import org.jooq.Result;
import org.jooq.ResultQuery;

/** The SQL of {@code ringshard.incoming_range}. Every method runs in the caller's transaction. */
public final class IncomingRangeTable {
    private static final RangeColumns RANGE = new RangeColumns(INCOMING_RANGE.FIRST_TOKEN, INCOMING_RANGE.LAST_TOKEN);

    private IncomingRangeTable() {}

    /** All that is staged here and not owned, ascending. */
    public static List<IncomingRange> all(DSLContext dsl) {
        return overlapping(dsl, TokenRange.ALL);
    }

    /** What is staged here and overlaps a range, ascending. */
    public static List<IncomingRange> overlapping(DSLContext dsl, TokenRange range) {
        return dsl.selectFrom(INCOMING_RANGE)
                .where(RANGE.overlap(range))
                .orderBy(INCOMING_RANGE.FIRST_TOKEN)
                .fetch(IncomingRangeTable::toIncoming);
    }

    /** Whether something of a range is staged with this epoch or a newer one. */
    public static boolean isStaged(DSLContext dsl, TokenRange range, long leastEpoch) {
        return dsl.fetchExists(INCOMING_RANGE, RANGE.overlap(range).and(INCOMING_RANGE.EPOCH.ge(leastEpoch)));
    }

    /** A question for the records that begin at these tokens; {@link #all(Result)} takes its answer. */
    public static ResultQuery<? extends Record> at(DSLContext dsl, Collection<Long> firstTokens) {
        return dsl.selectFrom(INCOMING_RANGE).where(INCOMING_RANGE.FIRST_TOKEN.in(firstTokens));
    }

    /** As {@link #at}; holds them until the transaction ends. */
    public static ResultQuery<? extends Record> locking(DSLContext dsl, Collection<Long> firstTokens) {
        return dsl.selectFrom(INCOMING_RANGE)
                .where(INCOMING_RANGE.FIRST_TOKEN.in(firstTokens))
                .orderBy(INCOMING_RANGE.FIRST_TOKEN)
                .forUpdate();
    }

    /** The records that an answer holds. */
    public static List<IncomingRange> all(Result<? extends Record> answer) {
        return answer.map(IncomingRangeTable::toIncoming);
    }

    /** Records what was staged. */
    public static void insert(DSLContext dsl, IncomingRange incoming, long rows) {
        dsl.insertInto(INCOMING_RANGE)
                .set(INCOMING_RANGE.FIRST_TOKEN, incoming.range().first())
                .set(INCOMING_RANGE.LAST_TOKEN, incoming.range().last())
                .set(INCOMING_RANGE.EPOCH, incoming.epoch())
                .set(INCOMING_RANGE.SOURCE, incoming.source())
                .set(INCOMING_RANGE.ROW_COUNT, rows)
                .set(INCOMING_RANGE.DIGEST, incoming.digest())
                .execute();
    }

    /** A statement that corrects what the record of a range says of its rows, if it still has exactly that epoch and digest. */
    public static Query correction(DSLContext dsl, CommittedHandover staged, CommittedHandover corrected) {
        return dsl.update(INCOMING_RANGE)
                .set(INCOMING_RANGE.ROW_COUNT, corrected.rows())
                .set(INCOMING_RANGE.DIGEST, corrected.digest())
                .where(INCOMING_RANGE.FIRST_TOKEN.eq(staged.range().first()))
                .and(INCOMING_RANGE.LAST_TOKEN.eq(staged.range().last()))
                .and(INCOMING_RANGE.EPOCH.eq(staged.epoch()))
                .and(INCOMING_RANGE.DIGEST.eq(staged.digest()));
    }

    /** Forgets a staged copy with exactly this epoch; false if there is none. */
    public static boolean delete(DSLContext dsl, IncomingRange incoming) {
        return dsl.deleteFrom(INCOMING_RANGE)
                        .where(INCOMING_RANGE.FIRST_TOKEN.eq(incoming.range().first()))
                        .and(INCOMING_RANGE.LAST_TOKEN.eq(incoming.range().last()))
                        .and(INCOMING_RANGE.EPOCH.eq(incoming.epoch()))
                        .execute()
                == 1;
    }

    /** A statement that forgets the records that begin at these tokens. */
    public static Query deletion(DSLContext dsl, Collection<Long> firstTokens) {
        return dsl.deleteFrom(INCOMING_RANGE).where(INCOMING_RANGE.FIRST_TOKEN.in(firstTokens));
    }

    private static IncomingRange toIncoming(Record row) {
        return new IncomingRange(
                RANGE.of(row),
                row.get(INCOMING_RANGE.EPOCH),
                row.get(INCOMING_RANGE.SOURCE),
                row.get(INCOMING_RANGE.DIGEST));
    }
}
