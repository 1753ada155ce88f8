/**
 * Tokens, token ranges, hash functions, rings and their differences. Pure: no JDBC, no clock, no log.
 */
@NullMarked
package dev.ringshard.ring;

import org.jspecify.annotations.NullMarked;
