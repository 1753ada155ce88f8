package dev.ringshard.internal.handover;

import dev.ringshard.internal.shard.Shard;
import dev.ringshard.ring.TokenRange;
import java.util.List;

/**
 * What one handover moves: token ranges of what one source owns and one target should own.
 *
 * @param ranges ascending, without overlap
 * @param queues whether who comes to write waits behind the mover while that waits for the locks. Else writers pass it, and where
 *     there is always one, it never gets them
 */
public record Chunk(Shard source, Shard target, List<TokenRange> ranges, boolean queues) {
    public Chunk {
        ranges = List.copyOf(ranges);
    }

    /** One that writers pass. */
    public Chunk(Shard source, Shard target, List<TokenRange> ranges) {
        this(source, target, ranges, false);
    }

    @Override
    public String toString() {
        return "%d ranges from %s to %s".formatted(ranges.size(), source.name(), target.name());
    }
}
