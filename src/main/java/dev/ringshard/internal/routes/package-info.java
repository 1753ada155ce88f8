/**
 * What this process knows of who owns what: one immutable snapshot of all shards' ownership, refreshed when a shard says that
 * it is wrong. A stale snapshot can be slow; it cannot be wrong, because the shard decides.
 */
@NullMarked
package dev.ringshard.internal.routes;

import org.jspecify.annotations.NullMarked;
