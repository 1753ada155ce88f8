package dev.ringshard.internal.ownership;

import static dev.ringshard.generated.ringshard.Tables.HANDOVER;
import static org.jooq.impl.DSL.inline;

import java.util.List;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.Query;

/** The SQL of {@code ringshard.handover}. Every method runs in the caller's transaction. */
public final class HandoverTable {
    private static final RangeColumns RANGE = new RangeColumns(HANDOVER.FIRST_TOKEN, HANDOVER.LAST_TOKEN);

    /** The ranges that are on their way from a source, as a part of a query: first and last token, target and epoch. */
    public static final String TARGETS = "SELECT first_token, last_token, target, epoch FROM ringshard.handover";

    private HandoverTable() {}

    /** The handovers that are committed on a source and not finished, the newest first. */
    public static List<CommittedHandover> all(DSLContext dsl) {
        return dsl.selectFrom(HANDOVER)
                .orderBy(HANDOVER.EPOCH.desc(), HANDOVER.FIRST_TOKEN)
                .fetch(row -> new CommittedHandover(
                        RANGE.of(row),
                        row.get(HANDOVER.EPOCH),
                        row.get(HANDOVER.TARGET),
                        row.get(HANDOVER.ROW_COUNT),
                        row.get(HANDOVER.DIGEST)));
    }

    /** A statement that records a handover. */
    public static Query insertion(DSLContext dsl, CommittedHandover handover) {
        return dsl.insertInto(HANDOVER)
                .set(HANDOVER.FIRST_TOKEN, handover.range().first())
                .set(HANDOVER.LAST_TOKEN, handover.range().last())
                .set(HANDOVER.EPOCH, handover.epoch())
                .set(HANDOVER.TARGET, handover.target())
                .set(HANDOVER.ROW_COUNT, handover.rows())
                .set(HANDOVER.DIGEST, handover.digest());
    }

    /** Forgets a handover with exactly this epoch; false if there is none. */
    public static boolean delete(DSLContext dsl, CommittedHandover handover) {
        return dsl.deleteFrom(HANDOVER)
                        .where(HANDOVER.FIRST_TOKEN.eq(handover.range().first()))
                        .and(HANDOVER.EPOCH.eq(handover.epoch()))
                        .execute()
                == 1;
    }

    /** The shard that the token was last handed to from here; empty if it never was. */
    public static Optional<String> wentTo(DSLContext dsl, long token) {
        return dsl
                .select(HANDOVER.TARGET, HANDOVER.EPOCH)
                .from(HANDOVER)
                .where(inline(token).between(HANDOVER.FIRST_TOKEN, HANDOVER.LAST_TOKEN))
                .unionAll(HandoverHistoryTable.targetsOf(dsl, token))
                .orderBy(2)
                .fetch(HANDOVER.TARGET)
                .stream()
                .reduce((older, newer) -> newer);
    }
}
