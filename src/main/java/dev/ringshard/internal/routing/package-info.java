/** What of {@code dev.ringshard.routing} is for the bank and the outbox alone. Part of the room {@code routing}. */
@NullMarked
package dev.ringshard.internal.routing;

import org.jspecify.annotations.NullMarked;
