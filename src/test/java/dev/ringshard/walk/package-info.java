/**
 * Whole ways from a database that knows nothing of Ringshard to a cluster and back, by the command line, while an application works
 * that checks every answer.
 */
@NullMarked
package dev.ringshard.walk;

import org.jspecify.annotations.NullMarked;
