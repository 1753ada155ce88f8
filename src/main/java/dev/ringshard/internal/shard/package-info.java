/**
 * One database each: pools, circuit breakers, begin, commit and rollback, what differs between PostgreSQL and H2, what
 * an SQLSTATE means, and the one retry loop. Knows nothing of tokens' owners.
 *
 * <p>SQL that one database alone understands is here, in classes that are named for it, and asked for through {@link
 * dev.ringshard.internal.shard.Dialect} by what is meant; where a database has no answer, that is empty.
 */
@NullMarked
package dev.ringshard.internal.shard;

import org.jspecify.annotations.NullMarked;
