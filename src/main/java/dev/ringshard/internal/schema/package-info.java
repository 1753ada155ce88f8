/**
 * Brings databases to the schema that Ringshard works with, says whether rows of one fit into another, and founds
 * clusters. The only room that runs Flyway.
 */
@NullMarked
package dev.ringshard.internal.schema;

import org.jspecify.annotations.NullMarked;
