/**
 * One reading of a whole cluster, and what follows from it: who owns what, who should, the status of each shard, and whether
 * the databases are those that the configuration means. Uses what the tables of the schema {@code ringshard} say.
 */
@NullMarked
package dev.ringshard.internal.cluster;

import org.jspecify.annotations.NullMarked;
