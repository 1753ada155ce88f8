package dev.ringshard.verify;

import dev.ringshard.ring.TokenRange;
import java.util.List;

/**
 * A range that has more than one owner.
 *
 * @param holders the shards that own it. One alone: it owns it and hides it, as if rows had left or not come yet
 */
public record SharedRange(TokenRange range, List<String> holders) {
    public SharedRange {
        holders = List.copyOf(holders);
    }
}
