/**
 * The commands for customers and their money. They need the bank; the engine's commands are in {@code dev.ringshard.cli}.
 */
@NullMarked
package dev.ringshard.cli.bank;

import org.jspecify.annotations.NullMarked;
