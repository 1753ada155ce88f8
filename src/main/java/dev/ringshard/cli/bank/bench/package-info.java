/**
 * The command {@code bench}: the same work by Ringshard and by hand-written JDBC, by turns, on the same pools. May use
 * everything below the facade. The benchmarks in {@code src/jmh} use it, too.
 */
@NullMarked
package dev.ringshard.cli.bank.bench;

import org.jspecify.annotations.NullMarked;
