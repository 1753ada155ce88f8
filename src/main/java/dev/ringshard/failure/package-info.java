/**
 * What can go wrong, in the words of those who have to act on it: one sealed root, each failure with a
 * {@link dev.ringshard.failure.Remedy}. Every other room may throw from here; this room uses none of them.
 */
@NullMarked
package dev.ringshard.failure;

import org.jspecify.annotations.NullMarked;
