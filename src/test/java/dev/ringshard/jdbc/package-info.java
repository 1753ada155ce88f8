@NullMarked
package dev.ringshard.jdbc;

import org.jspecify.annotations.NullMarked;
