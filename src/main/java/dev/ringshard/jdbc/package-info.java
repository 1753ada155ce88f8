/**
 * Connections for code that works with {@link java.sql.Connection}: a data source of JDBC 4.3 whose connections work on the shard
 * that owns their sharding key. Uses the routes to an owner and its transactions, and for all shards at once the reads of {@code scatter}; knows no
 * framework.
 */
@NullMarked
package dev.ringshard.jdbc;

import org.jspecify.annotations.NullMarked;
