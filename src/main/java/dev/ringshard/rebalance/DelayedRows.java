package dev.ringshard.rebalance;

import java.time.Duration;
import java.util.List;

/**
 * Rows that came last, because other work held them whenever they were to be handed over.
 *
 * @param shard that they left
 * @param keys the one that was written to most while they were copied, if that is known; otherwise at most three of theirs, in order;
 *     empty if no sharded table has a column for keys, or they could not be read
 * @param isAll whether no other key comes into question
 * @param late from when they were to move first to when they had moved
 */
public record DelayedRows(String shard, List<String> keys, boolean isAll, Duration late) {
    public DelayedRows {
        keys = List.copyOf(keys);
    }
}
