/** What a sharded table is: the catalogs of the databases, the rules that tables must keep, and whether the tables of two shards agree. */
@NullMarked
package dev.ringshard.internal.tables;

import org.jspecify.annotations.NullMarked;
