/** How a configuration and the words of commands are read: durations, and which name a misspelt one was meant to be. Pure. */
@NullMarked
package dev.ringshard.internal.config;

import org.jspecify.annotations.NullMarked;
