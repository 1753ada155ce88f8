package dev.ringshard.internal.ownership;

import static dev.ringshard.generated.ringshard.Tables.HANDOVER_HISTORY;
import static org.jooq.impl.DSL.exists;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.max;
import static org.jooq.impl.DSL.selectOne;

import dev.ringshard.internal.shard.Dialect;
import dev.ringshard.ring.TokenRange;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.jooq.DSLContext;
import org.jooq.Record2;
import org.jooq.Select;
import org.jspecify.annotations.Nullable;

/**
 * The SQL of {@code ringshard.handover_history}: what a source remembers of the handovers that are finished. For people
 * and for estimates, and to notice a snapshot or a shard that is older; no handover decides by it. Every method runs in the caller's transaction.
 */
public final class HandoverHistoryTable {
    /** So many of the newest rows of the history tell how fast rows move. */
    private static final int LATEST = 200;

    /** So many of the newest rows stay for sure; older ones go now and then. */
    static final long KEPT = 10_000;

    private static final long PRUNED_EVERY = 1_000;

    private HandoverHistoryTable() {}

    /**
     * What only the mover of a handover knows.
     *
     * @param writePause from when writers began to wait to when the target served
     * @param duration from the claim to when the target served
     */
    public record Measured(Duration writePause, Duration duration) {}

    /**
     * One range that was handed over, as the source remembers it. The ranges of one chunk have the same epoch, target
     * and times; the first of them counts its rows.
     *
     * @param number rises from one row to the next, though rows may become visible in another order
     * @param measured empty if the mover died, and another process finished; or if there were no rows to wait for
     */
    public record PastHandover(long number, String target, long epoch, long rows, Optional<Measured> measured) {}

    /** Whether the table is there, which is the last of Ringshard's first migration. */
    static boolean isThere(DSLContext dsl) {
        return Dialect.of(dsl).catalog().hasTable(dsl, inline(SchemaHistory.SCHEMA), "handover_history");
    }

    /** Adds a handover that is finished; from time to time, forgets those that are long over. */
    public static void add(DSLContext dsl, CommittedHandover handover, String source, Optional<Measured> measured) {
        long number = dsl.insertInto(HANDOVER_HISTORY)
                .set(HANDOVER_HISTORY.FIRST_TOKEN, handover.range().first())
                .set(HANDOVER_HISTORY.LAST_TOKEN, handover.range().last())
                .set(HANDOVER_HISTORY.EPOCH, handover.epoch())
                .set(HANDOVER_HISTORY.SOURCE, source)
                .set(HANDOVER_HISTORY.TARGET, handover.target())
                .set(HANDOVER_HISTORY.ROW_COUNT, handover.rows())
                .set(HANDOVER_HISTORY.WRITE_PAUSE_MICROS, micros(measured.map(Measured::writePause)))
                .set(HANDOVER_HISTORY.DURATION_MICROS, micros(measured.map(Measured::duration)))
                .returningResult(HANDOVER_HISTORY.HANDOVER_NUMBER)
                .fetchSingle()
                .value1();
        if (number % PRUNED_EVERY == 0) {
            prune(dsl, number - KEPT);
        }
    }

    /** Down to a number; but the last row of each target stays, for {@link #formerTargets}. */
    private static void prune(DSLContext dsl, long newestToGo) {
        var later = HANDOVER_HISTORY.as("later");
        dsl.deleteFrom(HANDOVER_HISTORY)
                .where(HANDOVER_HISTORY.HANDOVER_NUMBER.le(newestToGo))
                .and(exists(selectOne()
                        .from(later)
                        .where(later.TARGET.eq(HANDOVER_HISTORY.TARGET))
                        .and(later.HANDOVER_NUMBER.gt(HANDOVER_HISTORY.HANDOVER_NUMBER))))
                .execute();
    }

    private static @Nullable Long micros(Optional<Duration> duration) {
        return duration.map(known -> known.toNanos() / 1000).orElse(null);
    }

    /** All shards that rows of this one ever went to. */
    static Set<String> formerTargets(DSLContext dsl) {
        return dsl.selectDistinct(HANDOVER_HISTORY.TARGET)
                .from(HANDOVER_HISTORY)
                .fetchSet(HANDOVER_HISTORY.TARGET);
    }

    /** Finished handovers of ranges that overlap one, as far as the history goes back. */
    public static List<DepartedRange> overlapping(DSLContext dsl, TokenRange range) {
        return dsl.select(
                        HANDOVER_HISTORY.FIRST_TOKEN,
                        HANDOVER_HISTORY.LAST_TOKEN,
                        HANDOVER_HISTORY.EPOCH,
                        HANDOVER_HISTORY.TARGET)
                .from(HANDOVER_HISTORY)
                .where(HANDOVER_HISTORY.FIRST_TOKEN.le(range.last()))
                .and(HANDOVER_HISTORY.LAST_TOKEN.ge(range.first()))
                .fetch(row ->
                        new DepartedRange(new TokenRange(row.value1(), row.value2()), row.value3(), row.value4()));
    }

    /** Finished handovers to a shard, as far as the history goes back. */
    public static List<DepartedRange> to(DSLContext dsl, String target) {
        return dsl.select(HANDOVER_HISTORY.FIRST_TOKEN, HANDOVER_HISTORY.LAST_TOKEN, HANDOVER_HISTORY.EPOCH)
                .from(HANDOVER_HISTORY)
                .where(HANDOVER_HISTORY.TARGET.eq(target))
                .fetch(row -> new DepartedRange(new TokenRange(row.value1(), row.value2()), row.value3(), target));
    }

    /** Target and epoch of each finished handover of a token. */
    static Select<Record2<String, Long>> targetsOf(DSLContext dsl, long token) {
        return dsl.select(HANDOVER_HISTORY.TARGET, HANDOVER_HISTORY.EPOCH)
                .from(HANDOVER_HISTORY)
                .where(inline(token).between(HANDOVER_HISTORY.FIRST_TOKEN, HANDOVER_HISTORY.LAST_TOKEN));
    }

    /** How many rows a mover handed over from this shard in a second, of late; empty if it never did. */
    public static OptionalDouble rowsPerSecond(DSLContext dsl) {
        var latest = dsl.select(HANDOVER_HISTORY.ROW_COUNT, HANDOVER_HISTORY.DURATION_MICROS)
                .from(HANDOVER_HISTORY)
                .where(HANDOVER_HISTORY.DURATION_MICROS.isNotNull())
                .and(HANDOVER_HISTORY.ROW_COUNT.gt(0L))
                .orderBy(HANDOVER_HISTORY.HANDOVER_NUMBER.desc())
                .limit(LATEST)
                .fetch();
        long micros = latest.stream().mapToLong(row -> row.value2()).sum();
        long rows = latest.stream().mapToLong(row -> row.value1()).sum();
        return micros == 0 ? OptionalDouble.empty() : OptionalDouble.of(1e6 * rows / micros);
    }

    /** The number of the newest handover from here; 0 if there never was one. */
    public static long newest(DSLContext dsl) {
        Long newest = dsl.select(max(HANDOVER_HISTORY.HANDOVER_NUMBER))
                .from(HANDOVER_HISTORY)
                .fetchSingle()
                .value1();
        return newest == null ? 0 : newest;
    }

    /** The handovers from here whose number is greater, in the order of their numbers. */
    public static List<PastHandover> since(DSLContext dsl, long number) {
        return dsl.selectFrom(HANDOVER_HISTORY)
                .where(HANDOVER_HISTORY.HANDOVER_NUMBER.gt(number))
                .orderBy(HANDOVER_HISTORY.HANDOVER_NUMBER)
                .fetch(row -> new PastHandover(
                        row.get(HANDOVER_HISTORY.HANDOVER_NUMBER),
                        row.get(HANDOVER_HISTORY.TARGET),
                        row.get(HANDOVER_HISTORY.EPOCH),
                        row.get(HANDOVER_HISTORY.ROW_COUNT),
                        measured(
                                row.get(HANDOVER_HISTORY.WRITE_PAUSE_MICROS),
                                row.get(HANDOVER_HISTORY.DURATION_MICROS))));
    }

    private static Optional<Measured> measured(@Nullable Long pauseMicros, @Nullable Long durationMicros) {
        return pauseMicros == null || durationMicros == null
                ? Optional.empty()
                : Optional.of(
                        new Measured(Duration.ofNanos(1000 * pauseMicros), Duration.ofNanos(1000 * durationMicros)));
    }
}
