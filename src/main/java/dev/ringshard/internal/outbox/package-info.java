/** Delivers messages in the background, and has the SQL by which a message is sent or received together with a change of rows. */
@NullMarked
package dev.ringshard.internal.outbox;

import org.jspecify.annotations.NullMarked;
