/** Small tables that every shard has whole, such as countries: {@link dev.ringshard.reference.ReferenceTable}. */
@NullMarked
package dev.ringshard.reference;

import org.jspecify.annotations.NullMarked;
