package dev.ringshard.rebalance;

import dev.ringshard.failure.InvalidInputException;
import java.util.OptionalLong;

/**
 * How gently to move. Immutable.
 *
 * @param parallel how many moves, each from one shard to another, run at the same time, from 1 to 64. Default 1: more
 *     move faster on idle databases, and make writes wait longer under load
 * @param rowsPerSecond all moves together move no more rows in a second; empty, the default, for no limit
 * @param chunkRows how many rows of a table are handed over together at most, unless one key has more; 1 or more, default
 *     100,000. Chunks are sized so that one takes about a second to copy: that much may have to be repeated after a crash
 */
public record RebalanceSettings(int parallel, OptionalLong rowsPerSecond, long chunkRows) {
    private static final int MOST_PARALLEL = 64;

    /** One move at a time, no limit, chunks of up to 100,000 rows. */
    public static final RebalanceSettings DEFAULT = new RebalanceSettings(1, OptionalLong.empty(), 100_000);

    /** @throws InvalidInputException if a value is out of its bounds */
    public RebalanceSettings {
        if (parallel < 1 || parallel > MOST_PARALLEL) {
            throw invalid("number of parallel moves", parallel, "1 to " + MOST_PARALLEL);
        }
        if (rowsPerSecond.isPresent() && rowsPerSecond.getAsLong() < 1) {
            throw invalid("limit of rows per second", rowsPerSecond.getAsLong(), "1 or more");
        }
        if (chunkRows < 1) {
            throw invalid("number of rows of a chunk", chunkRows, "1 or more");
        }
    }

    private static InvalidInputException invalid(String what, long value, String allowed) {
        return new InvalidInputException(
                "The %s of a rebalance is %d; allowed is %s. Nothing was moved.".formatted(what, value, allowed));
    }

    /** The same with another number of moves at a time. */
    public RebalanceSettings withParallel(int moves) {
        return new RebalanceSettings(moves, rowsPerSecond, chunkRows);
    }

    /** The same with a limit. */
    public RebalanceSettings withRowsPerSecond(long limit) {
        return new RebalanceSettings(parallel, OptionalLong.of(limit), chunkRows);
    }

    /** The same with another bound for a chunk. */
    public RebalanceSettings withChunkRows(long rows) {
        return new RebalanceSettings(parallel, rowsPerSecond, rows);
    }
}
