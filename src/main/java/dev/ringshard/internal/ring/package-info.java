/** What has to move to get from one assignment of the ring to another. Pure, as {@link dev.ringshard.ring}, and uses that alone. */
@NullMarked
package dev.ringshard.internal.ring;

import org.jspecify.annotations.NullMarked;
