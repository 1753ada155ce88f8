/**
 * Reads everything on every shard and says what is wrong: with the ring, with rows, with tokens, with money. Changes
 * nothing. What customers' tables hold it asks the room {@code customers}.
 */
@NullMarked
package dev.ringshard.verify;

import org.jspecify.annotations.NullMarked;
