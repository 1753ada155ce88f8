/** The copies of reference tables, which every shard has whole: how a version comes to be, and how it gets to all shards. */
@NullMarked
package dev.ringshard.internal.copies;

import org.jspecify.annotations.NullMarked;
