/**
 * The benchmarks: Ringshard, hand-written JDBC and ShardingSphere-JDBC at the same work, by turns, on the same pools; and the
 * command {@code cluster}, which measures the shards of a configuration in the same way. May use everything; nothing of it gets
 * into a jar.
 */
@NullMarked
package dev.ringshard.bench;

import org.jspecify.annotations.NullMarked;
