/**
 * The command line: reads arguments and files, calls the library, and prints for people or, with {@code --json}, for
 * programs. May use every room; no room uses it.
 */
@NullMarked
package dev.ringshard.cli;

import org.jspecify.annotations.NullMarked;
