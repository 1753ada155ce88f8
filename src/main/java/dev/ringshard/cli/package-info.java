/**
 * The command line: reads arguments and files, calls the library, and prints for people or, with {@code --json}, for
 * programs. The engine's commands are here, those of the bank in {@code cli.bank}; {@code cli.command} is the base of
 * both, {@code cli.screen} prints. May use every room; no room uses it.
 */
@NullMarked
package dev.ringshard.cli;

import org.jspecify.annotations.NullMarked;
