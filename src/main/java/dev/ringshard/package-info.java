/**
 * The library as applications see it: {@link dev.ringshard.Ringshard} opens a cluster from its configuration and hands
 * out what works on it.
 */
@NullMarked
package dev.ringshard;

import org.jspecify.annotations.NullMarked;
