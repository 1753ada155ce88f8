package dev.ringshard.rebalance;

import dev.ringshard.ring.TokenRange;
import dev.ringshard.shard.Shard;
import java.util.List;

/**
 * What one handover moves: token ranges of what one source owns and one target should own.
 *
 * @param ranges ascending, without overlap
 */
record Chunk(Shard source, Shard target, List<TokenRange> ranges) {
    Chunk {
        ranges = List.copyOf(ranges);
    }

    @Override
    public String toString() {
        return "%d ranges from %s to %s".formatted(ranges.size(), source.name(), target.name());
    }
}
