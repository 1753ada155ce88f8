/**
 * Measures: the same work by Ringshard and by hand-written JDBC, by turns, on the same pools. May use everything below
 * the facade. Nothing else uses it but the command line, and the benchmarks in {@code src/jmh}.
 */
@NullMarked
package dev.ringshard.cli.bench;

import org.jspecify.annotations.NullMarked;
