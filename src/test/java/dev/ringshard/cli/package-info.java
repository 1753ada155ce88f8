@NullMarked
package dev.ringshard.cli;

import org.jspecify.annotations.NullMarked;
