/** How a cluster is, as values: what its shards said when they were asked, and what was done with them. */
@NullMarked
package dev.ringshard.status;

import org.jspecify.annotations.NullMarked;
