/**
 * Points that all shards can be restored to together. Uses one reading of the whole cluster, what finishes handovers, and the tables of the schema {@code
 * ringshard}.
 */
@NullMarked
package dev.ringshard.internal.backup;

import org.jspecify.annotations.NullMarked;
