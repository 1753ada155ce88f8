/** What a sharded table is: the catalogs of the databases, the rules that tables must keep, and whether rows of one shard fit into another. */
@NullMarked
package dev.ringshard.internal.tables;

import org.jspecify.annotations.NullMarked;
