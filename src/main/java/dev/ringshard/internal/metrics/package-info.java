/** The text that Prometheus scrapes, of the meters that {@link dev.ringshard.metrics.RingshardMetrics} binds; for {@code serve}. */
@NullMarked
package dev.ringshard.internal.metrics;

import org.jspecify.annotations.NullMarked;
