/**
 * What a shard says of itself in the schema {@code ringshard}: its membership, the ranges that it owns, has handed over or is to get, and
 * the log of changes to rows that move. Each table has a class of its own, with all SQL that names it; triggers and functions of the
 * fence, in {@code internal.fence}, read the same tables inside the database. Exceptions:
 *
 * <ul>
 *   <li>{@link dev.ringshard.internal.ownership.HeldRanges} and {@link dev.ringshard.internal.ownership.KnownRanges} read all tables of
 *       ranges, because every read over all shards begins with that;
 *   <li>{@code PostgresFencing}, below this room, compares {@code sharded_table} with the database's catalog;
 *   <li>the outbox and the inbox have their classes in the room {@code outbox}. {@code OutboxSql}, in {@code internal.outbox}, has the parts
 *       that senders write with their own rows, and {@link dev.ringshard.internal.ownership.OutboxReading} here what watchers read, who do not know that room.
 * </ul>
 */
@NullMarked
package dev.ringshard.internal.ownership;

import org.jspecify.annotations.NullMarked;
