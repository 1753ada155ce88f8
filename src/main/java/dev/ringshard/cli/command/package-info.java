/**
 * The base of all commands: common options, failures and their exit codes, Ctrl-C. Uses the screen and the configuration.
 */
@NullMarked
package dev.ringshard.cli.command;

import org.jspecify.annotations.NullMarked;
