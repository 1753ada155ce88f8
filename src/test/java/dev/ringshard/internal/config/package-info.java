@NullMarked
package dev.ringshard.internal.config;

import org.jspecify.annotations.NullMarked;
