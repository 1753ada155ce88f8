/**
 * What others may watch while Ringshard works: calls, repetitions, handovers, and shards that come and go. Names and
 * numbers only, never a key. Uses only {@code failure}.
 */
@NullMarked
package dev.ringshard.event;

import org.jspecify.annotations.NullMarked;
