/**
 * What is not on every application's class path, and what is said where it is missing. May use {@code failure}.
 */
@NullMarked
package dev.ringshard.internal.artifacts;

import org.jspecify.annotations.NullMarked;
