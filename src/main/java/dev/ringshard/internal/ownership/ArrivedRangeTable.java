package dev.ringshard.internal.ownership;

import static dev.ringshard.generated.ringshard.Tables.ARRIVED_RANGE;

import dev.ringshard.ring.TokenRange;
import java.util.List;
import org.jooq.DSLContext;
import org.jooq.Query;

/** The SQL of {@code ringshard.arrived_range}. Every method runs in the caller's transaction. */
public final class ArrivedRangeTable {
    private static final RangeColumns RANGE = new RangeColumns(ARRIVED_RANGE.FIRST_TOKEN, ARRIVED_RANGE.LAST_TOKEN);

    private ArrivedRangeTable() {}

    /** All that handovers brought here, ascending; one token may be in several, of which the highest epoch counts. */
    public static List<OwnedRange> all(DSLContext dsl) {
        return dsl.selectFrom(ARRIVED_RANGE)
                .orderBy(ARRIVED_RANGE.FIRST_TOKEN, ARRIVED_RANGE.EPOCH)
                .fetch(row -> new OwnedRange(RANGE.of(row), row.get(ARRIVED_RANGE.EPOCH)));
    }

    /** As {@link #all}, of what overlaps a range. */
    public static List<OwnedRange> overlapping(DSLContext dsl, TokenRange range) {
        return dsl.selectFrom(ARRIVED_RANGE)
                .where(RANGE.overlap(range))
                .fetch(row -> new OwnedRange(RANGE.of(row), row.get(ARRIVED_RANGE.EPOCH)));
    }

    /** Statements that record what arrived, in place of what arrived earlier within the same range. */
    public static List<Query> recording(DSLContext dsl, TokenRange range, long epoch) {
        return List.of(
                dsl.deleteFrom(ARRIVED_RANGE)
                        .where(ARRIVED_RANGE.FIRST_TOKEN.ge(range.first()))
                        .and(ARRIVED_RANGE.LAST_TOKEN.le(range.last())),
                dsl.insertInto(ARRIVED_RANGE)
                        .set(ARRIVED_RANGE.FIRST_TOKEN, range.first())
                        .set(ARRIVED_RANGE.LAST_TOKEN, range.last())
                        .set(ARRIVED_RANGE.EPOCH, epoch));
    }
}
