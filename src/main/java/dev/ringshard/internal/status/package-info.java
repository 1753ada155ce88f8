/** What adds up to values of {@code status}: counts and histograms of things that were seen one by one. */
@NullMarked
package dev.ringshard.internal.status;

import org.jspecify.annotations.NullMarked;
