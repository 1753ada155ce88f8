@NullMarked
package dev.ringshard.serve;

import org.jspecify.annotations.NullMarked;
