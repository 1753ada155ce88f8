package dev.ringshard.status;

import java.util.Optional;

/**
 * The connections of one shard at one moment.
 *
 * @param pool empty where they come from a data source of the caller's that is no Hikari pool
 * @param breaker {@code CLOSED} while the shard answers, {@code OPEN} or {@code HALF_OPEN} while it does not
 */
public record ShardConnections(String shard, Optional<PoolState> pool, String breaker) {}
