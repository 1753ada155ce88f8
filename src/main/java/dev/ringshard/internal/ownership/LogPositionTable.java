package dev.ringshard.internal.ownership;

import static dev.ringshard.generated.ringshard.Tables.LOG_POSITION;

import dev.ringshard.internal.shard.Dialect;
import dev.ringshard.internal.shard.ServerLog;
import java.util.Map;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.InsertOnDuplicateSetMoreStep;
import org.jooq.Record;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * The SQL of {@code ringshard.log_position}: how far the logs of the other shards' servers were, and which {@linkplain LogMarkTable
 * mark} was the newest there, when it was last noted here.
 * A shard cannot remember that itself: it would be set back with it. Every method runs in the caller's transaction.
 */
public final class LogPositionTable {
    private LogPositionTable() {}

    /** What is on record here of others, by their names. */
    public static Map<String, NotedLog> all(DSLContext dsl) {
        return dsl.selectFrom(LOG_POSITION)
                .fetchMap(
                        LOG_POSITION.SHARD_NAME,
                        row -> new NotedLog(
                                new ServerLog(row.get(LOG_POSITION.LINE), row.get(LOG_POSITION.FLUSHED)),
                                mark(row.get(LOG_POSITION.MARK_NUMBER), row.get(LOG_POSITION.MARK))));
    }

    private static Optional<LogMark> mark(@Nullable Long number, @Nullable Long value) {
        return number == null || value == null ? Optional.empty() : Optional.of(new LogMark(number, value));
    }

    /** The log of the server that the caller's transaction runs on. */
    public static ServerLog own(DSLContext dsl) {
        return dsl.select(MembershipTable.incarnation(dsl), position(dsl))
                .fetchSingle(row -> new ServerLog(row.value1(), row.value2()));
    }

    /** Keeps others from noting anything until the transaction ends. On PostgreSQL. */
    public static void holdNotes(DSLContext dsl) {
        dsl.execute("LOCK TABLE ringshard.log_position IN SHARE MODE");
    }

    static Field<Long> position(DSLContext dsl) {
        return DSL.field(Dialect.of(dsl).logPosition(), Long.class);
    }

    /**
     * Notes how far another shard's log was just now, and its newest mark; unless what is on record already shows that it was set
     * back.
     */
    public static void note(DSLContext dsl, String shard, ServerLogs said) {
        NotedLog now = said.noted();
        storing(dsl, shard, now)
                .where(LOG_POSITION
                        .MARK
                        .isNull()
                        .or(LOG_POSITION.MARK.in(
                                said.marks().stream().map(LogMark::value).toList()))
                        .or(LOG_POSITION.MARK_NUMBER.lt(said.marks().stream()
                                .mapToLong(LogMark::number)
                                .min()
                                .orElse(Long.MIN_VALUE))))
                .and(LOG_POSITION
                        .LINE
                        .ne(now.log().line())
                        .or(LOG_POSITION.FLUSHED.le(now.log().position())))
                .execute();
    }

    /** Notes that, whatever is on record: that it has gone back is accepted. */
    public static void replace(DSLContext dsl, String shard, ServerLogs said) {
        storing(dsl, shard, said.noted()).execute();
    }

    private static InsertOnDuplicateSetMoreStep<? extends Record> storing(
            DSLContext dsl, String shard, NotedLog noted) {
        return dsl.insertInto(LOG_POSITION)
                .set(LOG_POSITION.SHARD_NAME, shard)
                .set(LOG_POSITION.LINE, noted.log().line())
                .set(LOG_POSITION.FLUSHED, noted.log().position())
                .set(LOG_POSITION.MARK_NUMBER, noted.mark().map(LogMark::number).orElse(null))
                .set(LOG_POSITION.MARK, noted.mark().map(LogMark::value).orElse(null))
                .onConflict(LOG_POSITION.SHARD_NAME)
                .doUpdate()
                .set(LOG_POSITION.LINE, noted.log().line())
                .set(LOG_POSITION.FLUSHED, noted.log().position())
                .set(LOG_POSITION.MARK_NUMBER, noted.mark().map(LogMark::number).orElse(null))
                .set(LOG_POSITION.MARK, noted.mark().map(LogMark::value).orElse(null));
    }
}
