@NullMarked
package dev.ringshard.metrics;

import org.jspecify.annotations.NullMarked;
