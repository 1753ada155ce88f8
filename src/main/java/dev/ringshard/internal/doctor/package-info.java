/**
 * Examines a database that takes no part in a cluster yet: which of its tables belong to a key, and what stands in the way of
 * sharding them. What the tables must be is said by the rules of the room of tables; nothing is changed.
 */
@NullMarked
package dev.ringshard.internal.doctor;

import org.jspecify.annotations.NullMarked;
