@NullMarked
package dev.ringshard.internal.watch;

import org.jspecify.annotations.NullMarked;
