/**
 * The databases that tests run on: a real PostgreSQL, found in one place for all of them, and H2 in memory; clusters of
 * them, and what must hold of a cluster after every test. Tests of every room may use this one; it uses none of theirs.
 */
@NullMarked
package dev.ringshard.testing;

import org.jspecify.annotations.NullMarked;
