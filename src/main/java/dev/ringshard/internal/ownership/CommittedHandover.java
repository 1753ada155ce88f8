package dev.ringshard.internal.ownership;

import dev.ringshard.ring.TokenRange;

/**
 * A handover that is committed on its source, and perhaps not yet activated on its target.
 *
 * @param rows that were staged, in all tables; counted on the first range of a chunk
 * @param digest of the rows that were staged, over all tables
 */
public record CommittedHandover(TokenRange range, long epoch, String target, long rows, String digest) {}
