/**
 * The databases that tests run on: a real PostgreSQL, found in one place for all of them, and H2 in memory. Tests of
 * every room may use this one; it uses none of them.
 */
@NullMarked
package dev.ringshard.testing;

import org.jspecify.annotations.NullMarked;
