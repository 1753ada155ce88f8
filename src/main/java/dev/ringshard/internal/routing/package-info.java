/** What of {@code dev.ringshard.routing} is for rooms alone that know that a statement writes a row first. Part of the room {@code routing}. */
@NullMarked
package dev.ringshard.internal.routing;

import org.jspecify.annotations.NullMarked;
