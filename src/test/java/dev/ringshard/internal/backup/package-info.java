@NullMarked
package dev.ringshard.internal.backup;

import org.jspecify.annotations.NullMarked;
