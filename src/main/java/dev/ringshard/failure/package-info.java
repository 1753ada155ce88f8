/**
 * What can go wrong, in the words of those who have to act on it: one root, which optional
 * rooms extend by failures of their own, each with a {@link dev.ringshard.failure.Remedy}. Every other room may throw from here;
 * this room uses none of them.
 */
@NullMarked
package dev.ringshard.failure;

import org.jspecify.annotations.NullMarked;
