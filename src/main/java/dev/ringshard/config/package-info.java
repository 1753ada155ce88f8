/**
 * What a cluster is configured to be: which shards there are, where their databases and how large their pools are, and
 * how the ring is computed. Values only: nothing here opens a connection. A configuration comes from YAML or from a
 * builder and obeys the same rules either way; all that is wrong with it is reported at once, with its key, the value
 * and what is allowed, and never with a password.
 *
 * <p>May use {@code ring}, {@code failure} and {@code artifacts}.
 */
@NullMarked
package dev.ringshard.config;

import org.jspecify.annotations.NullMarked;
