@NullMarked
package dev.ringshard.internal.serve;

import org.jspecify.annotations.NullMarked;
