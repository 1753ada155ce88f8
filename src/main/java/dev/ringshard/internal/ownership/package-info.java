/**
 * What a shard says of itself in the schema {@code ringshard}: who it is, which ranges it owns, and the fence that keeps
 * work for all other tokens off it. The only room that reads or writes those tables.
 */
@NullMarked
package dev.ringshard.internal.ownership;

import org.jspecify.annotations.NullMarked;
