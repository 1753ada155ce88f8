/**
 * Looks at a cluster from outside, again and again: who answers, who owns what, what moves, by whatever process. Reads by
 * one snapshot of each shard and never writes; it has no router and no mover.
 */
@NullMarked
package dev.ringshard.internal.watch;

import org.jspecify.annotations.NullMarked;
