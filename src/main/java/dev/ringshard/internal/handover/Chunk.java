package dev.ringshard.internal.handover;

import dev.ringshard.internal.shard.Shard;
import dev.ringshard.ring.TokenRange;
import java.util.List;

/**
 * What one handover moves: token ranges of what one source owns and one target should own.
 *
 * @param ranges ascending, without overlap
 */
public record Chunk(Shard source, Shard target, List<TokenRange> ranges) {
    public Chunk {
        ranges = List.copyOf(ranges);
    }

    @Override
    public String toString() {
        return "%d ranges from %s to %s".formatted(ranges.size(), source.name(), target.name());
    }
}
