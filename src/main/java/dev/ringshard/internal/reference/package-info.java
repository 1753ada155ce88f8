/** Tables that every shard has whole: how a version comes to be, and how it gets to all shards. */
@NullMarked
package dev.ringshard.internal.reference;

import org.jspecify.annotations.NullMarked;
