/** Ringshard's figures for Micrometer. The only room that knows it; uses the facade, and what tells of events. */
@NullMarked
package dev.ringshard.metrics;

import org.jspecify.annotations.NullMarked;
