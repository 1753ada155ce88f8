package dev.ringshard.rebalance;

import java.util.Optional;

/**
 * A key with many rows, as they were counted or sampled for a plan.
 *
 * @param key as the cluster writes it; empty if no sharded table has a column for it
 * @param shard that owns it now
 * @param rows in all tables that count
 * @param ofFairShare its rows divided by the fair share of a shard of mean weight; 1.0 is one whole share
 */
public record HeavyKey(Optional<String> key, long token, String shard, long rows, double ofFairShare) {}
