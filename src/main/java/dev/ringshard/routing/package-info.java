/**
 * From a key to the shard that owns it: transactions, point reads and fenced statements of one key, run on its owner, and run
 * again on the next one where the shard refuses. What this process knows of owners is in {@code internal.routes}; reads over all
 * shards are in {@code scatter}.
 */
@NullMarked
package dev.ringshard.routing;

import org.jspecify.annotations.NullMarked;
