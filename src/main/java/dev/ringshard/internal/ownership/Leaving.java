package dev.ringshard.internal.ownership;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jooq.DSLContext;

/**
 * That a shard leaves its cluster: from then on nothing moves to it or from it. A trigger says so, and refuses. Every
 * method runs in the caller's transaction.
 */
public final class Leaving {
    private Leaving() {}

    /** Begins it; waits for movers, and for no one else. On PostgreSQL. */
    public static void begin(DSLContext dsl) {
        OwnedRangeTable.refuseChanges(dsl);
    }

    /** Takes it back. */
    public static void end(DSLContext dsl) {
        OwnedRangeTable.allowChanges(dsl);
    }

    /** Whether it was begun. */
    public static boolean isBegun(DSLContext dsl) {
        return OwnedRangeTable.refusesChanges(dsl);
    }

    /** What a mover, or who sends messages, has under way or has left behind, in words; empty if nothing. */
    public static Optional<String> leftover(DSLContext dsl) {
        if (OutboxReading.isPending(dsl)) {
            return Optional.of("keys have sent messages that have not arrived");
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
