package dev.ringshard.status;

import java.util.Optional;

/**
 * The connections of one shard at one moment.
 *
 * @param pool empty where they come from a data source of the caller's that is no Hikari pool
 * @param breaker closed while the shard answers; otherwise open, or half open
 */
public record ShardConnections(String shard, Optional<PoolState> pool, BreakerState breaker) {}
