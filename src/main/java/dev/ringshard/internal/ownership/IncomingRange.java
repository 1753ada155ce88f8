package dev.ringshard.internal.ownership;

import dev.ringshard.ring.TokenRange;

/**
 * Rows that a handover has staged on their target, which the target does not own yet.
 *
 * @param digest of the rows as they were last staged, over all tables of the chunk
 */
public record IncomingRange(TokenRange range, long epoch, String source, String digest) {
    /** Whether this is the copy that a handover left to be activated. */
    public boolean isOf(CommittedHandover handover) {
        return epoch == handover.epoch() && range.equals(handover.range()) && digest.equals(handover.digest());
    }
}
