package dev.ringshard.internal.ownership;

import static dev.ringshard.generated.ringshard.Tables.DEPARTED_RANGE;

import dev.ringshard.ring.TokenRange;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.Query;
import org.jooq.Record;
import org.jooq.impl.DSL;
import org.jooq.types.DayToSecond;

/** The SQL of {@code ringshard.departed_range}. Every method runs in the caller's transaction. */
public final class DepartedRangeTable {
    private static final RangeColumns RANGE = new RangeColumns(DEPARTED_RANGE.FIRST_TOKEN, DEPARTED_RANGE.LAST_TOKEN);

    /** All that left, as a part of a query: first and last token, target and epoch. */
    public static final String TARGETS = "SELECT first_token, last_token, target, epoch FROM ringshard.departed_range";

    private DepartedRangeTable() {}

    /** All that left and awaits its deletion, ascending. */
    public static List<DepartedRange> all(DSLContext dsl) {
        return dsl.selectFrom(DEPARTED_RANGE)
                .orderBy(DEPARTED_RANGE.FIRST_TOKEN)
                .fetch(DepartedRangeTable::toDeparted);
    }

    /** As {@link #all(DSLContext)}, of what left so long ago, by the shard's own clock. */
    public static List<DepartedRange> all(DSLContext dsl, Duration age) {
        return dsl.selectFrom(DEPARTED_RANGE)
                .where(DEPARTED_RANGE.DEPARTED_AT.le(DSL.currentOffsetDateTime().minus(DayToSecond.valueOf(age))))
                .orderBy(DEPARTED_RANGE.FIRST_TOKEN)
                .fetch(DepartedRangeTable::toDeparted);
    }

    /** Holds the records that overlap a range until the transaction ends. */
    public static List<DepartedRange> lock(DSLContext dsl, TokenRange range) {
        return dsl.selectFrom(DEPARTED_RANGE)
                .where(RANGE.overlap(range))
                .orderBy(DEPARTED_RANGE.FIRST_TOKEN)
                .forUpdate()
                .fetch(DepartedRangeTable::toDeparted);
    }

    /** Holds the record until the transaction ends; empty if it is no longer there. */
    public static Optional<DepartedRange> lock(DSLContext dsl, DepartedRange departed) {
        return lock(dsl, departed.range()).stream().filter(departed::equals).findFirst();
    }

    /** A statement that records what left. */
    public static Query insertion(DSLContext dsl, DepartedRange departed) {
        return dsl.insertInto(DEPARTED_RANGE)
                .set(DEPARTED_RANGE.FIRST_TOKEN, departed.range().first())
                .set(DEPARTED_RANGE.LAST_TOKEN, departed.range().last())
                .set(DEPARTED_RANGE.EPOCH, departed.epoch())
                .set(DEPARTED_RANGE.TARGET, departed.target());
    }

    /** Forgets what {@link #lock(DSLContext, DepartedRange)} holds. */
    public static void delete(DSLContext dsl, DepartedRange departed) {
        dsl.deleteFrom(DEPARTED_RANGE)
                .where(DEPARTED_RANGE.FIRST_TOKEN.eq(departed.range().first()))
                .execute();
    }

    private static DepartedRange toDeparted(Record row) {
        return new DepartedRange(RANGE.of(row), row.get(DEPARTED_RANGE.EPOCH), row.get(DEPARTED_RANGE.TARGET));
    }
}
