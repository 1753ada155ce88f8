/** Reads over all shards that count every row exactly once, also while rows move. */
@NullMarked
package dev.ringshard.scatter;

import org.jspecify.annotations.NullMarked;
