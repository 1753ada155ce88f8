@NullMarked
package dev.ringshard.cli.screen;

import org.jspecify.annotations.NullMarked;
