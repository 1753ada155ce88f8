package dev.ringshard.internal.ownership;

import static dev.ringshard.generated.ringshard.Tables.OUTBOX;

import dev.ringshard.internal.shard.Dialect;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jooq.DSLContext;

/**
 * That a shard leaves its cluster: from then on nothing moves to it or from it. A trigger on {@code ringshard.owned_range} says so,
 * and refuses also those whom no other trigger holds. Every method runs in the caller's transaction.
 */
public final class Leaving {
    private static final String TRIGGER = "ringshard_leaving";

    private Leaving() {}

    /** Begins it; waits for movers, and for no one else. On PostgreSQL. */
    public static void begin(DSLContext dsl) {
        dsl.execute("CREATE OR REPLACE TRIGGER %s BEFORE INSERT OR UPDATE OR DELETE ON ringshard.owned_range"
                        .formatted(TRIGGER)
                + " FOR EACH STATEMENT EXECUTE FUNCTION ringshard.refuse_change()");
        dsl.execute("ALTER TABLE ringshard.owned_range ENABLE ALWAYS TRIGGER " + TRIGGER);
    }

    /** Takes it back. */
    public static void end(DSLContext dsl) {
        dsl.execute("DROP TRIGGER IF EXISTS %s ON ringshard.owned_range".formatted(TRIGGER));
    }

    /** Whether it was begun. */
    public static boolean isBegun(DSLContext dsl) {
        return Dialect.of(dsl).hasTrigger(dsl, "ringshard.owned_range", TRIGGER);
    }

    /** What a mover, or who sends messages, has under way or has left behind, in words; empty if nothing. */
    public static Optional<String> leftover(DSLContext dsl) {
        if (dsl.fetchExists(OUTBOX)) {
            return Optional.of("keys have sent messages, such as transfers, that have not arrived");
        }
        if (!OwnedRangeTable.logged(dsl).isEmpty()) {
            return Optional.of("a mover copies rows of it, or died while it did");
        }
        return Stream.of(HandoverTable.all(dsl), IncomingRangeTable.all(dsl), DepartedRangeTable.all(dsl))
                        .allMatch(List::isEmpty)
                ? Optional.empty()
                : Optional.of("moves have left something on it that is to be tidied up");
    }
}
