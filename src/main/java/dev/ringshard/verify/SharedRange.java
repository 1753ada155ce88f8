package dev.ringshard.verify;

import dev.ringshard.ring.TokenRange;
import java.util.List;

/**
 * A range that more than one shard claims, or one shard in two ways.
 *
 * @param holders the shards that claim it, by their names. With a single name, that shard owns the range and also lists it as staged or
 *     departed
 */
public record SharedRange(TokenRange range, List<String> holders) {
    public SharedRange {
        holders = List.copyOf(holders);
    }
}
