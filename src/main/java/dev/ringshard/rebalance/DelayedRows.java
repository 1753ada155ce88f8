package dev.ringshard.rebalance;

import java.time.Duration;
import java.util.List;

/**
 * Rows that came last, because other work held them whenever they were to be handed over.
 *
 * @param shard that they left
 * @param keys the key that was written to most while these rows were copied, if that is known; otherwise up to three keys of these rows,
 *     ascending; empty if no sharded table has a column for keys, or they could not be read
 * @param isAll true if {@code keys} names every key that these rows can belong to
 * @param late time from the first attempt to hand them over until they had moved
 */
public record DelayedRows(String shard, List<String> keys, boolean isAll, Duration late) {
    public DelayedRows {
        keys = List.copyOf(keys);
    }
}
