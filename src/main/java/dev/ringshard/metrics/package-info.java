/** Ringshard's figures for Micrometer. The only room that knows it; uses the facade, what tells of events, and for {@code serve}
 * what watches a cluster. */
@NullMarked
package dev.ringshard.metrics;

import org.jspecify.annotations.NullMarked;
