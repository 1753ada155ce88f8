package dev.ringshard.status;

import java.time.Duration;

/**
 * How a shard's pool stands at one moment.
 *
 * @param total connections open
 * @param active connections in use
 * @param idle connections open and not in use
 * @param waiting threads that wait for one
 * @param size the most connections that the pool may open
 * @param connectionTimeout how long a thread waits before it gives up
 */
public record PoolState(int total, int active, int idle, int waiting, int size, Duration connectionTimeout) {

    /** Whether every connection that may be opened is in use. */
    public boolean isExhausted() {
        return active >= size;
    }

    /** In words, such as "total 10, active 10, idle 0, waiting 3". */
    public String text() {
        return "total %d, active %d, idle %d, waiting %d".formatted(total, active, idle, waiting);
    }
}
