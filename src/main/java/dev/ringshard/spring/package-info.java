/**
 * Ringshard in applications of Spring Boot, 3.5 and 4: auto-configuration, keys from annotations and requests, health, an endpoint,
 * and shards in memory for tests. Optional: its libraries come with the application. May use the rooms {@code jdbc},
 * {@code metrics}, and the facade; its room {@code bank} the bank, too.
 */
@NullMarked
package dev.ringshard.spring;

import org.jspecify.annotations.NullMarked;
