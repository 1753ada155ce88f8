/**
 * How commands print: the terminal, tables, numbers, progress, reports as text and as JSON, the next step. Uses no other
 * room.
 */
@NullMarked
package dev.ringshard.cli.screen;

import org.jspecify.annotations.NullMarked;
