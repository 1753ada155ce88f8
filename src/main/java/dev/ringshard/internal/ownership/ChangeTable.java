package dev.ringshard.internal.ownership;

import static dev.ringshard.generated.ringshard.Tables.CHANGE;
import static dev.ringshard.generated.ringshard.Tables.OWNED_RANGE;

import dev.ringshard.ring.TokenRange;
import java.util.List;
import org.jooq.DSLContext;
import org.jooq.Query;
import org.jooq.impl.DSL;

/**
 * The SQL of {@code ringshard.change}: what was written to ranges of this shard while they were being copied. Every method
 * runs in the caller's transaction.
 */
public final class ChangeTable {
    /** Logs a token where it is being copied. Parameters: the token, the table, and twice the token. */
    public static final String LOG = "INSERT INTO ringshard.change (epoch, token, table_name)"
            + " SELECT epoch, CAST(? AS bigint), ? FROM ringshard.owned_range"
            + " WHERE is_logged AND first_token <= ? AND last_token >= ?";

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

    /** What was logged under an epoch within some ranges. */
    public static List<Change> read(DSLContext dsl, long epoch, List<TokenRange> ranges) {
        return dsl
                .select(CHANGE.CHANGE_NUMBER, CHANGE.TABLE_NAME, CHANGE.TOKEN, CHANGE.ROW_KEY)
                .from(CHANGE)
                .where(CHANGE.EPOCH.eq(epoch))
                .fetch(row -> new Change(
                        row.value1(),
                        row.value2(),
                        row.value3(),
                        row.value4() == null ? List.of() : List.of(row.value4())))
                .stream()
                .filter(change -> ranges.stream().anyMatch(range -> range.contains(change.token())))
                .toList();
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

    /** Forgets what is read by nobody: what no claim of today has logged. */
    public static void deleteOutdated(DSLContext dsl) {
        dsl.deleteFrom(CHANGE)
                .whereNotExists(DSL.selectOne()
                        .from(OWNED_RANGE)
                        .where(OWNED_RANGE.IS_LOGGED)
                        .and(OWNED_RANGE.EPOCH.eq(CHANGE.EPOCH)))
                .execute();
    }
}
