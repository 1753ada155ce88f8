package dev.ringshard.internal.ownership;

import static dev.ringshard.generated.ringshard.Tables.REBALANCE_WATCH;
import static org.jooq.impl.DSL.currentOffsetDateTime;

import dev.ringshard.event.WatchDecision;
import dev.ringshard.event.WatchDecision.Kind;
import dev.ringshard.status.WatchStatus;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import org.jooq.DSLContext;
import org.jooq.Field;

/** The SQL of {@code ringshard.rebalance_watch}. Every method runs in the caller's transaction; times are by the shard's clock. */
public final class RebalanceWatchTable {
    /** What the columns hold. */
    private static final int LONGEST_INSTANCE = 300;

    private static final int LONGEST_REASON = 4_000;

    private RebalanceWatchTable() {}

    /** What watches have told this shard. */
    public static List<WatchStatus> all(DSLContext dsl) {
        Field<OffsetDateTime> now = currentOffsetDateTime();
        return dsl.select(REBALANCE_WATCH.asterisk(), now)
                .from(REBALANCE_WATCH)
                .orderBy(REBALANCE_WATCH.WATCH_ID)
                .fetch(row -> {
                    OffsetDateTime at = row.get(now);
                    return new WatchStatus(
                            row.get(REBALANCE_WATCH.WATCH_ID),
                            row.get(REBALANCE_WATCH.INSTANCE),
                            new WatchDecision(
                                    Kind.valueOf(row.get(REBALANCE_WATCH.DECISION)),
                                    row.get(REBALANCE_WATCH.IMBALANCE),
                                    row.get(REBALANCE_WATCH.REASON)),
                            new WatchStatus.Ages(
                                    Duration.between(row.get(REBALANCE_WATCH.STARTED_AT), at),
                                    Duration.between(row.get(REBALANCE_WATCH.DECIDED_AT), at),
                                    Duration.between(row.get(REBALANCE_WATCH.LOOKED_AT), at),
                                    Duration.between(row.get(REBALANCE_WATCH.TOLD_AT), at)));
                });
    }

    /** Stores how a watch is, and forgets those before it that have stopped or died: who starts one has seen what they said. */
    public static void tell(DSLContext dsl, WatchStatus watch) {
        OffsetDateTime now = dsl.select(currentOffsetDateTime()).fetchSingle().value1();
        OffsetDateTime started = now.minus(watch.ages().started());
        dsl.deleteFrom(REBALANCE_WATCH)
                .where(REBALANCE_WATCH.WATCH_ID.ne(watch.id()))
                .and(REBALANCE_WATCH.TOLD_AT.lt(started))
                .and(REBALANCE_WATCH
                        .DECISION
                        .eq(Kind.STOPPED.name())
                        .or(REBALANCE_WATCH.TOLD_AT.lt(now.minus(WatchStatus.SILENCE))))
                .execute();
        Map<Field<?>, Object> columns = Map.of(
                REBALANCE_WATCH.INSTANCE,
                shortened(watch.instance(), LONGEST_INSTANCE),
                REBALANCE_WATCH.DECISION,
                watch.decision().kind().name(),
                REBALANCE_WATCH.IMBALANCE,
                watch.decision().imbalance(),
                REBALANCE_WATCH.REASON,
                shortened(watch.decision().reason(), LONGEST_REASON),
                REBALANCE_WATCH.STARTED_AT,
                started,
                REBALANCE_WATCH.DECIDED_AT,
                now.minus(watch.ages().decided()),
                REBALANCE_WATCH.LOOKED_AT,
                now.minus(watch.ages().looked()),
                REBALANCE_WATCH.TOLD_AT,
                now);
        dsl.insertInto(REBALANCE_WATCH)
                .set(REBALANCE_WATCH.WATCH_ID, watch.id())
                .set(columns)
                .onConflict(REBALANCE_WATCH.WATCH_ID)
                .doUpdate()
                .set(columns)
                .execute();
    }

    private static String shortened(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most - 1) + "…";
    }

    /** Forgets a watch. */
    public static void forget(DSLContext dsl, String id) {
        dsl.deleteFrom(REBALANCE_WATCH).where(REBALANCE_WATCH.WATCH_ID.eq(id)).execute();
    }
}
