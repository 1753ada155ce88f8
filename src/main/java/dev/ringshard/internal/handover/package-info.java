/** How a chunk of rows goes from the shard that owns it to another: the whole protocol, and what finishes and tidies up after movers that died. */
@NullMarked
package dev.ringshard.internal.handover;

import org.jspecify.annotations.NullMarked;
