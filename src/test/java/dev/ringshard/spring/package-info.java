@NullMarked
package dev.ringshard.spring;

import org.jspecify.annotations.NullMarked;
