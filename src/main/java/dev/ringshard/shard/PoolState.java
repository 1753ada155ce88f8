package dev.ringshard.shard;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
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

    static PoolState of(HikariDataSource pool) {
        HikariPoolMXBean now = pool.getHikariPoolMXBean();
        Duration timeout = Duration.ofMillis(pool.getConnectionTimeout());
        if (now == null) {
            return new PoolState(0, 0, 0, 0, pool.getMaximumPoolSize(), timeout);
        }
        return new PoolState(
                now.getTotalConnections(),
                now.getActiveConnections(),
                now.getIdleConnections(),
                now.getThreadsAwaitingConnection(),
                pool.getMaximumPoolSize(),
                timeout);
    }

    /** Whether every connection that may be opened is in use. */
    boolean isExhausted() {
        return active >= size;
    }

    String text() {
        return "total %d, active %d, idle %d, waiting %d".formatted(total, active, idle, waiting);
    }
}
