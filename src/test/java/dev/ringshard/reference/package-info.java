@NullMarked
package dev.ringshard.reference;

import org.jspecify.annotations.NullMarked;
