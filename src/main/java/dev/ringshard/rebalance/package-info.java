/**
 * Moves rows between shards: measures, plans, cuts into chunks, throttles, and watches. A chunk is handed over, and finished where
 * its mover died, by {@code internal.handover}. Knows of sharded tables what is declared: name, key and token.
 */
@NullMarked
package dev.ringshard.rebalance;

import org.jspecify.annotations.NullMarked;
