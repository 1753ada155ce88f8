package dev.ringshard.internal.handover;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.failure.StaleVersionException;
import dev.ringshard.internal.handover.Handover.StagedChunk;
import dev.ringshard.internal.ownership.CommittedHandover;
import dev.ringshard.internal.ownership.MembershipTable;
import dev.ringshard.internal.ownership.OwnedRange;
import dev.ringshard.internal.ownership.OwnedRangeTable;
import dev.ringshard.internal.ownership.ShardRanges;
import dev.ringshard.internal.ownership.StrayRows;
import dev.ringshard.internal.shard.ShardTransaction;
import dev.ringshard.ring.TokenRange;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jooq.Record;
import org.jooq.Result;
import org.jooq.ResultQuery;

/**
 * The first part of a {@link Handover}: claims a chunk on its source, by which what is written to it is logged, and stores a copy of it
 * on its target.
 */
final class ChunkStaging {

    private final String cluster;
    private final List<ShardedTable> tables;
    private final LongSupplier nanoTime;
    private final Consumer<HandoverStep> beforeStep;

    ChunkStaging(String cluster, List<ShardedTable> tables, LongSupplier nanoTime, Consumer<HandoverStep> beforeStep) {
        this.cluster = cluster;
        this.tables = tables;
        this.nanoTime = nanoTime;
        this.beforeStep = beforeStep;
    }

    /** As {@link Handover#stage}. */
    StagedChunk stage(Chunk chunk) {
        long begun = nanoTime.getAsLong();
        long epoch = claim(chunk);
        try {
            return copy(chunk, epoch, begun);
        } catch (RingshardException failure) {
            abandon(chunk, epoch, failure);
            throw failure;
        }
    }

    /** Ends a claim: what is written to the chunk is logged no more. */
    static void abandon(Chunk chunk, long epoch, RingshardException reason) {
        try (ShardTransaction source = chunk.source().beginTidying(Chunk.LOCK_TIMEOUT)) {
            source.run(tidying -> {
                HandoverSource.logNoMore(tidying.dsl(), chunk.ranges(), epoch);
                return true;
            });
            source.commit();
        } catch (RingshardException later) {
            reason.addSuppressed(later);
        }
    }

    /** Makes a claim that is durable, and returns its epoch. */
    private long claim(Chunk chunk) {
        beforeStep.accept(HandoverStep.CLAIM);
        try (ShardTransaction source = chunk.source().beginMove(chunk.lockTimeout())) {
            FencedTables.requireFenced(source, tables);
            source.run(closing -> {
                OwnedRangeTable.closeSlots(closing.dsl(), chunk.ranges()); // for which no writer waits
                return true;
            });
            List<ResultQuery<? extends Record>> asked = chunk.queuing(source);
            asked.add(OwnedRangeTable.lockingOverlapping(source.dsl(), chunk.ranges()));
            Result<? extends Record> locked =
                    source.askWithin(chunk.allLocks(), asked).get(asked.size() - 1);
            long epoch = source.run(claiming -> OwnedRangeTable.claim(claiming.dsl(), chunk.ranges(), locked)
                    .orElseThrow(chunk::outdated));
            source.commit();
            return epoch;
        }
    }

    private StagedChunk copy(Chunk chunk, long epoch, long begun) {
        beforeStep.accept(HandoverStep.STAGE);
        try (ShardTransaction target = chunk.target().beginStaging(Finisher.LOCK_TIMEOUT)) {
            target.run(staging -> {
                requireMayStage(staging, chunk, epoch);
                return true;
            });
            StagedRows copy;
            try (ShardTransaction source = beginCopy(chunk, epoch)) {
                copy = StagedRows.copy(chunk, tables, source, target);
            }
            List<CommittedHandover> records = chunk.records(epoch, copy.stored());
            record(target, chunk, records);
            beforeStep.accept(HandoverStep.COMMIT_STAGED);
            target.commit();
            return new StagedChunk(chunk, copy, records, begun);
        }
    }

    /** Begins to read one snapshot of the source, in which the chunk is claimed. */
    static ShardTransaction beginCopy(Chunk chunk, long epoch) {
        ShardTransaction source = chunk.source().beginCopy();
        try {
            source.run(reading -> {
                source.shard().dialect().transactions().announceCopy(reading.connection(), epoch);
                return true;
            });
            requireClaimed(source, chunk, epoch);
            return source;
        } catch (RuntimeException failure) {
            source.close();
            throw failure;
        }
    }

    /**
     * INVARIANT: a copy is not older than its claim. What was written before the claim is in no log; and a
     * data source of the caller's may answer a read from a replica.
     */
    private static void requireClaimed(ShardTransaction source, Chunk chunk, long epoch) {
        List<OwnedRange> owned =
                source.run(looking -> OwnedRangeTable.overlapping(looking.dsl(), hull(chunk.ranges())));
        boolean isClaimed = chunk.ranges().stream().allMatch(range -> ShardRanges.covers(range, owned, epoch));
        if (!isClaimed) {
            throw new StaleVersionException(
                    """
                    A snapshot of %s does not show that its ranges were claimed to be moved to %s: somebody else is moving them, \
                    or the shard's data source sends reads to a replica. Nothing moved. Give the mover connections to the \
                    primary, then make a new plan.""".formatted(chunk.source().name(), chunk.target().name()));
        }
    }

    /** The smallest range that holds all of these. */
    static TokenRange hull(List<TokenRange> ranges) {
        return new TokenRange(
                ranges.stream().mapToLong(TokenRange::first).min().orElseThrow(),
                ranges.stream().mapToLong(TokenRange::last).max().orElseThrow());
    }

    private void requireMayStage(ShardTransaction target, Chunk chunk, long epoch) {
        boolean meant = MembershipTable.lock(target.dsl())
                .filter(membership -> membership.isShard(cluster, chunk.target().name()))
                .isPresent();
        if (!meant) {
            throw new ForeignShardException("""
                    The database configured as %s is not that shard of cluster %s. Nothing was moved to it. Correct its \
                    url.""".formatted(chunk.target().name(), cluster));
        }
        List<TokenRange> unowned = StrayRows.unownedRanges(target, chunk.ranges());
        if (!HandoverTarget.mayStage(target.dsl(), chunk.ranges(), epoch)) {
            throw chunk.outdated();
        }
        requireNoStrays(target, unowned);
    }

    /**
     * INVARIANT: a copy takes the place of what handovers have staged or left, and of nothing else.
     *
     * @param unowned as it was once this stager had its turn, before the records of older copies were removed
     */
    private void requireNoStrays(ShardTransaction target, List<TokenRange> unowned) {
        List<String> strays = StrayRows.find(target, tables, unowned);
        if (!strays.isEmpty()) {
            throw ForeignShardException.ofTables(
                    "Rows cannot move to shard %s. Nothing of this chunk moved, and nothing was deleted: %s"
                            .formatted(target.shard().name(), String.join(" ", strays)),
                    null);
        }
    }

    private static void record(ShardTransaction target, Chunk chunk, List<CommittedHandover> copies) {
        target.run(recording -> {
            HandoverTarget.stage(recording.dsl(), copies, chunk.source().name());
            return true;
        });
    }
}
