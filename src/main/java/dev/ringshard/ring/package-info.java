/**
 * Tokens, token ranges, hash functions, rings and their differences. Pure: no JDBC, no clock, no log; all types are
 * immutable values or stateless, and safe for use by many threads. Uses {@link dev.ringshard.failure} and nothing else
 * of Ringshard.
 */
@NullMarked
package dev.ringshard.ring;

import org.jspecify.annotations.NullMarked;
