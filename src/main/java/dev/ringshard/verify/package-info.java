/**
 * Reads everything on every shard and says what is wrong: with the ring, with rows, tokens and references. Changes nothing, except that it
 * finishes handovers which are committed and whose mover is gone.
 * What only an application knows of its rows it is told by an {@link dev.ringshard.verify.Audit}.
 */
@NullMarked
package dev.ringshard.verify;

import org.jspecify.annotations.NullMarked;
