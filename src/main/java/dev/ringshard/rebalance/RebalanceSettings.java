package dev.ringshard.rebalance;

import dev.ringshard.failure.InvalidInputException;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * How gently to move. Immutable.
 *
 * @param targetPause how long writes to a chunk may wait while it is handed over, from 1 ms to 1 s; chunks are sized so
 *     that they usually wait less, and have at most 60 rows of a table for each millisecond. Default 25 ms
 * @param parallel how many moves, each from one shard to another, run at the same time, from 1 to 64. Default 1: more
 *     move faster while nobody else works, and make writes wait longer under load
 * @param rowsPerSecond all moves together move no more rows in a second; empty, the default, for no limit
 */
public record RebalanceSettings(Duration targetPause, int parallel, OptionalLong rowsPerSecond) {

    private static final Duration LEAST_PAUSE = Duration.ofMillis(1);
    private static final Duration MOST_PAUSE = Duration.ofSeconds(1);
    private static final int MOST_PARALLEL = 64;

    /** 25 ms, one move at a time, no limit. */
    public static final RebalanceSettings DEFAULT =
            new RebalanceSettings(Duration.ofMillis(25), 1, OptionalLong.empty());

    /** @throws InvalidInputException if a value is out of its bounds */
    public RebalanceSettings {
        if (targetPause.compareTo(LEAST_PAUSE) < 0 || targetPause.compareTo(MOST_PAUSE) > 0) {
            throw invalid("target pause", targetPause.toMillis() + " ms", "1 ms to 1 s");
        }
        if (parallel < 1 || parallel > MOST_PARALLEL) {
            throw invalid("number of parallel moves", String.valueOf(parallel), "1 to " + MOST_PARALLEL);
        }
        if (rowsPerSecond.isPresent() && rowsPerSecond.getAsLong() < 1) {
            throw invalid("limit of rows per second", String.valueOf(rowsPerSecond.getAsLong()), "1 or more");
        }
    }

    private static InvalidInputException invalid(String what, String value, String allowed) {
        return new InvalidInputException(
                "The %s of a rebalance is %s; allowed is %s. Nothing was moved.".formatted(what, value, allowed));
    }

    /** The same with another target pause. */
    public RebalanceSettings withTargetPause(Duration pause) {
        return new RebalanceSettings(pause, parallel, rowsPerSecond);
    }

    /** The same with another number of moves at a time. */
    public RebalanceSettings withParallel(int moves) {
        return new RebalanceSettings(targetPause, moves, rowsPerSecond);
    }

    /** The same with a limit. */
    public RebalanceSettings withRowsPerSecond(long limit) {
        return new RebalanceSettings(targetPause, parallel, OptionalLong.of(limit));
    }
}
