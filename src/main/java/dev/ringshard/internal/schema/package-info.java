/**
 * Brings databases to the schema that Ringshard works with, founds clusters, and lets databases join and leave: with tables that follow
 * the rules of {@code internal.tables}, and the rows of reference tables by {@code internal.copies}. The only room that runs Flyway.
 */
@NullMarked
package dev.ringshard.internal.schema;

import org.jspecify.annotations.NullMarked;
