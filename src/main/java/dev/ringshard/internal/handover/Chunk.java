package dev.ringshard.internal.handover;

import dev.ringshard.failure.StaleVersionException;
import dev.ringshard.internal.ownership.CommittedHandover;
import dev.ringshard.internal.ownership.OwnedRangeTable;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.ShardTransaction;
import dev.ringshard.ring.TokenRange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jooq.Record;
import org.jooq.ResultQuery;

/**
 * What one handover moves: token ranges of what one source owns and one target should own.
 *
 * @param ranges ascending, without overlap
 * @param queues whether who comes to write waits behind the mover while that waits for the locks. Else writers pass it, and where
 *     there is always one, it never gets them
 * @param lockTimeout for so long the mover waits for a lock, and so does a writer behind it
 */
public record Chunk(Shard source, Shard target, List<TokenRange> ranges, boolean queues, Duration lockTimeout) {
    /** A mover that queues behind a long transaction may make writers queue behind it: not for longer than this. */
    public static final Duration LOCK_TIMEOUT = Duration.ofMillis(50);

    /** With many who hold it, one after the other; a busy machine needs some of it for the work itself. */
    private static final Duration ALL_SOURCE_LOCKS = Duration.ofMillis(200);

    public Chunk {
        ranges = List.copyOf(ranges);
    }

    /** One that writers pass. */
    public Chunk(Shard source, Shard target, List<TokenRange> ranges) {
        this(source, target, ranges, false, LOCK_TIMEOUT);
    }

    /** For so long the mover waits for all locks of its source; they take no longer together than a single one may. */
    Duration allLocks() {
        return lockTimeout.compareTo(ALL_SOURCE_LOCKS) > 0 ? lockTimeout : ALL_SOURCE_LOCKS;
    }

    /** What comes before the locks of a chunk that queues for them. */
    List<ResultQuery<? extends Record>> queuing(ShardTransaction source) {
        List<ResultQuery<? extends Record>> asked = new ArrayList<>();
        if (queues) {
            OwnedRangeTable.queueLocks(source.dsl(), ranges).ifPresent(asked::add);
        }
        return asked;
    }

    /** What is put on record of its copy. Counts belong to the chunk; its first range carries them. */
    List<CommittedHandover> records(long epoch, List<RowDigest> stored) {
        List<CommittedHandover> records = new ArrayList<>();
        long rows = RowDigest.rows(stored);
        String digest = RowDigest.text(stored);
        for (TokenRange range : ranges) {
            records.add(new CommittedHandover(range, epoch, target.name(), rows, digest));
            rows = 0;
        }
        return records;
    }

    /** Where it is not the source's to hand over any more, or another attempt is ahead. */
    StaleVersionException outdated() {
        return new StaleVersionException(
                "%s no longer owns all of the %d ranges that were to go to %s, or somebody else is moving them. Nothing moved. Make a new plan."
                        .formatted(source.name(), ranges.size(), target.name()));
    }

    @Override
    public String toString() {
        return "%d ranges from %s to %s".formatted(ranges.size(), source.name(), target.name());
    }
}
