/**
 * One database each: pools, circuit breakers, begin, commit and rollback, what differs between PostgreSQL and H2, what
 * an SQLSTATE means, and the one retry loop. Knows nothing of tokens' owners.
 */
@NullMarked
package dev.ringshard.internal.shard;

import org.jspecify.annotations.NullMarked;
