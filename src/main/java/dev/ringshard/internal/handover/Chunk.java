package dev.ringshard.internal.handover;

import dev.ringshard.internal.shard.Shard;
import dev.ringshard.ring.TokenRange;
import java.time.Duration;
import java.util.List;

/**
 * What one handover moves: token ranges of what one source owns and one target should own.
 *
 * @param ranges ascending, without overlap
 * @param queues whether who comes to write waits behind the mover while that waits for the locks. Else writers pass it, and where
 *     there is always one, it never gets them
 * @param lockTimeout for so long the mover waits for a lock, and so whoever waits behind it
 */
public record Chunk(Shard source, Shard target, List<TokenRange> ranges, boolean queues, Duration lockTimeout) {
    /** A mover that queues behind a long transaction may make writers queue behind it: not for longer than this. */
    public static final Duration LOCK_TIMEOUT = Duration.ofMillis(50);

    public Chunk {
        ranges = List.copyOf(ranges);
    }

    /** One that writers pass. */
    public Chunk(Shard source, Shard target, List<TokenRange> ranges) {
        this(source, target, ranges, false, LOCK_TIMEOUT);
    }

    @Override
    public String toString() {
        return "%d ranges from %s to %s".formatted(ranges.size(), source.name(), target.name());
    }
}
