package dev.ringshard.internal.ownership;

import static dev.ringshard.generated.ringshard.Tables.LOG_MARK;

import java.security.SecureRandom;
import java.util.List;
import org.jooq.DSLContext;

/**
 * The SQL of {@code ringshard.log_mark}: numbers made up at random, by which others notice that a shard was set back, however far its
 * server's log has grown since. Every method runs in the caller's transaction.
 */
public final class LogMarkTable {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int KEPT = 64;

    private LogMarkTable() {}

    /** All, the newest first. */
    public static List<LogMark> all(DSLContext dsl) {
        return dsl.select(LOG_MARK.MARK_NUMBER, LOG_MARK.MARK)
                .from(LOG_MARK)
                .orderBy(LOG_MARK.MARK_NUMBER.desc())
                .fetch(row -> new LogMark(row.value1(), row.value2()));
    }

    /** Writes a new one, which others may note once it is durable. */
    public static void add(DSLContext dsl) {
        dsl.insertInto(LOG_MARK).set(LOG_MARK.MARK, RANDOM.nextLong()).execute();
    }

    /** Forgets old ones, of which no server can say any more whether they were there. */
    public static void deleteOld(DSLContext dsl) {
        all(dsl).stream().skip(KEPT - 1L).findFirst().ifPresent(oldest -> dsl.deleteFrom(LOG_MARK)
                .where(LOG_MARK.MARK_NUMBER.lt(oldest.number()))
                .execute());
    }
}
