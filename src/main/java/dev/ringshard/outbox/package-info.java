/**
 * Messages from one key to another, wherever both live: written with the sender's rows, taken once with the recipient's, by
 * any process that is alive.
 */
@NullMarked
package dev.ringshard.outbox;

import org.jspecify.annotations.NullMarked;
