/** What delivers messages in the background. */
@NullMarked
package dev.ringshard.internal.outbox;

import org.jspecify.annotations.NullMarked;
