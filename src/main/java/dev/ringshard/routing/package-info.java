/**
 * From a key to the shard that owns it: one immutable snapshot of all shards' ownership, refreshed when a shard says
 * that it is wrong, and reads gathered from all shards. A stale snapshot can be slow; it cannot be wrong, because the
 * shard decides.
 */
@NullMarked
package dev.ringshard.routing;

import org.jspecify.annotations.NullMarked;
