package dev.ringshard.internal.ownership;

import static dev.ringshard.generated.ringshard.Tables.CHANGE;

import dev.ringshard.ring.TokenRange;
import java.util.List;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.Query;
import org.jooq.Record;
import org.jooq.Result;
import org.jooq.ResultQuery;
import org.jooq.impl.DSL;

/**
 * The SQL of {@code ringshard.change}: what was written to ranges of this shard while they were being copied. Every method
 * runs in the caller's transaction.
 */
public final class ChangeTable {
    /** Logs a token where it is being copied. Parameters: the token, the table, and twice the token. */
    public static final String LOG = "INSERT INTO ringshard.change (epoch, token, table_name)"
            + " SELECT epoch, CAST(? AS bigint), ? FROM " + OwnedRangeTable.LOGGED_WITH_TOKEN;

    private static final int AT_ONCE = 1000;

    private ChangeTable() {}

    /**
     * Something that was written.
     *
     * @param table as {@link ShardedTableTable.FencedTable#logged} names it
     * @param rowKey the texts of the columns that {@link ShardedTableTable#rowKeys} tells; empty if any rows of the token may have
     *     changed
     */
    public record Change(long number, String table, long token, List<String> rowKey) {}

    /** A question for what was logged under an epoch; {@link #within} takes its answer. */
    public static ResultQuery<? extends Record> reading(DSLContext dsl, long epoch) {
        return dsl.select(CHANGE.CHANGE_NUMBER, CHANGE.TABLE_NAME, CHANGE.TOKEN, CHANGE.ROW_KEY)
                .from(CHANGE)
                .where(CHANGE.EPOCH.eq(epoch));
    }

    /** What was logged within some ranges. */
    public static List<Change> within(List<TokenRange> ranges, Result<? extends Record> logged) {
        return logged.map(ChangeTable::toChange).stream()
                .filter(change -> ranges.stream().anyMatch(range -> range.contains(change.token())))
                .toList();
    }

    /** The token of which most is logged in some ranges; empty if nothing is. */
    public static Optional<Long> busiest(DSLContext dsl, List<TokenRange> ranges) {
        return dsl.select(CHANGE.TOKEN)
                .from(CHANGE)
                .where(DSL.or(ranges.stream()
                        .map(range -> CHANGE.TOKEN.between(range.first(), range.last()))
                        .toList()))
                .groupBy(CHANGE.TOKEN)
                .orderBy(DSL.count().desc())
                .limit(1)
                .fetchOptional(CHANGE.TOKEN);
    }

    private static Change toChange(Record row) {
        String[] rowKey = row.get(CHANGE.ROW_KEY);
        return new Change(
                row.get(CHANGE.CHANGE_NUMBER),
                row.get(CHANGE.TABLE_NAME),
                row.get(CHANGE.TOKEN),
                rowKey == null ? List.of() : List.of(rowKey));
    }

    /** Forgets what has been copied again. */
    public static void forget(DSLContext dsl, long epoch, List<Long> numbers) {
        for (int from = 0; from < numbers.size(); from += AT_ONCE) {
            dsl.deleteFrom(CHANGE)
                    .where(CHANGE.EPOCH.eq(epoch))
                    .and(CHANGE.CHANGE_NUMBER.in(numbers.subList(from, Math.min(numbers.size(), from + AT_ONCE))))
                    .execute();
        }
    }

    /** A statement that forgets all that was logged of a range under an epoch. */
    public static Query deletion(DSLContext dsl, TokenRange range, long epoch) {
        return dsl.deleteFrom(CHANGE)
                .where(CHANGE.EPOCH.eq(epoch))
                .and(CHANGE.TOKEN.between(range.first(), range.last()));
    }

    /** Forgets what no mover reads: what no claim of today has logged. */
    public static void deleteOutdated(DSLContext dsl) {
        dsl.deleteFrom(CHANGE)
                .whereNotExists(OwnedRangeTable.loggedWith(CHANGE.EPOCH))
                .execute();
    }
}
