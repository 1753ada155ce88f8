package dev.ringshard.verify;

import dev.ringshard.ring.TokenRange;
import java.util.List;

/**
 * What is wrong with the ownership of the ring.
 *
 * @param uncovered ranges that no shard owns and no handover will give one
 * @param doublyOwned ranges with more than one owner
 * @param setBack which shards were set back in time, by what contradicts of the ranges without one owner, or because their
 *     servers' logs are shorter than they were; a sentence or two for each of them
 * @param leftOut shards that the others know and the configuration does not, in the order of their names, if there are
 *     uncovered ranges that they may own; empty if there are none
 */
public record RingFindings(
        Occurrences<TokenRange> uncovered,
        Occurrences<SharedRange> doublyOwned,
        List<String> setBack,
        List<String> leftOut) {

    public RingFindings {
        setBack = List.copyOf(setBack);
        leftOut = List.copyOf(leftOut);
    }

    /** Whether each token has one owner. Says nothing of shards that were set back or left out, which have fields of their own. */
    public boolean areNone() {
        return uncovered.isNone() && doublyOwned.isNone();
    }
}
