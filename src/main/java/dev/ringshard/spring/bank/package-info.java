/** The built-in bank in applications of Spring Boot; on top of the room above it. */
@NullMarked
package dev.ringshard.spring.bank;

import org.jspecify.annotations.NullMarked;
