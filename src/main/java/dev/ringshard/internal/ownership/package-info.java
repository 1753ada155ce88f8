/**
 * What a shard says of itself in the schema {@code ringshard}: who it is, which ranges it owns, and the fence that keeps
 * work for all other tokens off it. Each table has a class of its own, with all
 * SQL that names it. What is read of several of them in one statement:
 *
 * <ul>
 *   <li>{@link dev.ringshard.internal.ownership.HeldRanges} and {@link dev.ringshard.internal.ownership.KnownRanges} read all tables of
 *       ranges, because every read over all shards begins with that;
 *   <li>{@code PostgresFencing}, below this room, compares {@code sharded_table} with the database's catalog;
 *   <li>the outbox and the inbox have their classes in the room {@code outbox}. {@code OutboxSql} there has the parts that senders write
 *       with their own rows, and {@link dev.ringshard.internal.ownership.OutboxReading} here what watchers read, who do not know that room.
 * </ul>
 */
@NullMarked
package dev.ringshard.internal.ownership;

import org.jspecify.annotations.NullMarked;
