@NullMarked
package dev.ringshard.watch;

import org.jspecify.annotations.NullMarked;
