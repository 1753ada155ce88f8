/**
 * Brings databases to the schema that Ringshard works with, says where tables of two shards differ, founds clusters,
 * and lets databases join and leave. The only room that runs Flyway.
 */
@NullMarked
package dev.ringshard.internal.schema;

import org.jspecify.annotations.NullMarked;
