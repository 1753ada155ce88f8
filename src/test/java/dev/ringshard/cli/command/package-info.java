@NullMarked
package dev.ringshard.cli.command;

import org.jspecify.annotations.NullMarked;
