/** The bean of the built-in bank for applications of Spring Boot. Uses the bank and the facade, and of Spring what the room above it knows. */
@NullMarked
package dev.ringshard.spring.bank;

import org.jspecify.annotations.NullMarked;
