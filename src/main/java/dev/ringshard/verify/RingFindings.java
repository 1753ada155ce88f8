package dev.ringshard.verify;

import dev.ringshard.ring.TokenRange;

/**
 * What is wrong with the ownership of the ring.
 *
 * @param uncovered ranges that no shard owns and no handover will give one
 * @param doublyOwned ranges with more than one owner
 */
public record RingFindings(Found<TokenRange> uncovered, Found<SharedRange> doublyOwned) {
    boolean areNone() {
        return uncovered.isNone() && doublyOwned.isNone();
    }
}
