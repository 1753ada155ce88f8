/** What callers' SQL passes: a shard refuses work for tokens that it does not own. Entering, point reads, fenced statements, and the triggers on sharded tables. */
@NullMarked
package dev.ringshard.internal.fence;

import org.jspecify.annotations.NullMarked;
