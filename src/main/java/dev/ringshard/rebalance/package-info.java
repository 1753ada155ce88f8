/**
 * Moves rows between shards: plans, hands over chunk by chunk, recovers, throttles. Knows sharded tables by name only.
 */
@NullMarked
package dev.ringshard.rebalance;

import org.jspecify.annotations.NullMarked;
