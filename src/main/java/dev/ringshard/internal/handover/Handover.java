package dev.ringshard.internal.handover;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.ContentionException;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.failure.StaleVersionException;
import dev.ringshard.internal.handover.StagedRows.Change;
import dev.ringshard.internal.ownership.CommittedHandover;
import dev.ringshard.internal.ownership.HandoverHistoryTable.Measured;
import dev.ringshard.internal.ownership.MembershipTable;
import dev.ringshard.internal.ownership.OwnedRange;
import dev.ringshard.internal.ownership.OwnedRangeTable;
import dev.ringshard.internal.ownership.ShardRanges;
import dev.ringshard.internal.shard.ShardTransaction;
import dev.ringshard.ring.TokenRange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Hands a chunk over from the shard that owns it to another.
 *
 * <p><b>The protocol.</b> {@link #attempt} is it, a line a step. The row of {@code owned_range} is the lock: work for a
 * token holds it shared until its commit, the mover holds it exclusively from {@code lock} to {@code handOver}. The rows
 * are copied before that, while everybody works on, and what changed meanwhile is copied once more; under the lock the
 * mover looks for what has changed since then, most often nothing, and copies again only that. What a copy holds is
 * compared with the source before it is committed.
 *
 * <p><b>Why it is safe.</b>
 * <ul>
 *   <li>Locks, the last comparison, and the end of ownership are one transaction of the source. A mover that lost its
 *       session cannot commit it; the database has rolled it back and freed the locks.
 *   <li>Epochs only rise, and every attempt has one of its own. Staging refuses a target that owns any of it, or that
 *       holds a copy staged with an epoch that is not older. {@code activate} and {@code finish} do nothing unless the
 *       epoch is exactly theirs, so whoever does them may be as slow as they like.
 *   <li>Whoever would remove the staged copy must raise the epoch on the source first: another attempt by its claim,
 *       {@link Recovery} on purpose. {@code lock} then finds another epoch than its own. So between {@code lock} and
 *       {@code handOver} the copy is there.
 *   <li>A target that is set back in time meanwhile, a standby that lagged, holds no copy with that epoch and digest, and
 *       so activates nothing; rows are deleted on the source only where it is on record that the target took them.
 *   <li>Between {@code handOver} and {@code activate} nobody serves the chunk. The copy on the target is durable by
 *       then, and anybody can finish: see {@link Recovery}.
 * </ul>
 *
 * <p><b>If the mover dies right after a step</b>: claim, an epoch was skipped; stage and refresh, a copy that nobody
 * serves, which the next attempt replaces; lock and catch up, the source rolls back; hand over, anybody activates;
 * activate and finish, somebody tidies up later.
 *
 * <p>A model of this, with the mutants that it must catch, stands in {@code src/model}.
 */
public final class Handover {
    /** A mover that queues behind a long transaction makes writers queue behind it: not for longer than this. */
    static final Duration SOURCE_LOCK_TIMEOUT = Duration.ofMillis(50);

    /** With many who hold it, one after the other; a busy machine needs some of it for the work itself. */
    private static final Duration ALL_SOURCE_LOCKS = Duration.ofMillis(200);

    /** Where everybody writes all the time, there is always something to copy again. */
    private static final int MOST_REFRESHES = 3;

    private static final Duration TARGET_LOCK_TIMEOUT = Duration.ofSeconds(5);

    private final String cluster;
    private final List<ShardedTable> tables;
    private final LongSupplier nanoTime;
    private final Consumer<HandoverStep> beforeStep;

    /** @param tables those that others refer to first */
    public Handover(
            String cluster, List<ShardedTable> tables, LongSupplier nanoTime, Consumer<HandoverStep> beforeStep) {
        this.cluster = cluster;
        this.tables = List.copyOf(tables);
        this.nanoTime = nanoTime;
        this.beforeStep = beforeStep;
    }

    /**
     * What a handover moved.
     *
     * @param writePause empty if there were no rows, and so nobody who could have waited
     * @param catchUp the part of the write pause that grows with the rows
     */
    public record Moved(long rows, Optional<Duration> writePause, Duration catchUp) {}

    /** What is stored on the target, and belongs to nobody yet. */
    private record Staged(StagedRows rows, List<CommittedHandover> copies) {
        long epoch() {
            return copies.get(0).epoch();
        }
    }

    /**
     * One attempt.
     *
     * @throws ContentionException if somebody held the ranges for too long; nothing moved, try again
     * @throws StaleVersionException if the source no longer owns the chunk, or another attempt is ahead; nothing moved
     * @throws RingshardException if a shard failed; {@link Recovery} finds out how far it came
     */
    public Moved attempt(Chunk chunk) {
        long begun = nanoTime.getAsLong();
        Claimed claimed = claim(chunk);
        Staged staged = refresh(chunk, stage(chunk, claimed));
        List<CommittedHandover> handovers;
        List<CommittedHandover> taken;
        long paused;
        long locked;
        long caughtUp;
        long active;
        try (ShardTransaction source = chunk.source().beginMove(SOURCE_LOCK_TIMEOUT);
                ShardTransaction target = Finisher.begin(chunk.target(), cluster, SOURCE_LOCK_TIMEOUT)) {
            paused = nanoTime.getAsLong();
            lock(source, chunk, claimed.epoch);
            locked = nanoTime.getAsLong();
            handovers = catchUp(source, target, chunk, staged).copies;
            caughtUp = nanoTime.getAsLong();
            handOver(source, handovers);
            taken = activate(target, handovers);
            active = nanoTime.getAsLong();
        }
        long rows = handovers.stream().mapToLong(CommittedHandover::rows).sum();
        Optional<Measured> measured = rows == 0
                ? Optional.empty()
                : Optional.of(new Measured(Duration.ofNanos(active - paused), Duration.ofNanos(active - begun)));
        finish(chunk, taken, measured);
        if (taken.size() < handovers.size()) {
            throw Finisher.unknownTo(chunk.target(), chunk.source(), handovers.size() - taken.size());
        }
        return new Moved(rows, measured.map(Measured::writePause), Duration.ofNanos(caughtUp - locked));
    }

    /**
     * A claim that is durable.
     *
     * @param moment all that was written before it, and is durable with the claim, the copy will hold
     */
    private record Claimed(long epoch, long moment) {}

    private Claimed claim(Chunk chunk) {
        beforeStep.accept(HandoverStep.CLAIM);
        try (ShardTransaction source = chunk.source().beginMove(SOURCE_LOCK_TIMEOUT)) {
            FencedTables.requireFenced(source, tables);
            long epoch =
                    source.runWithin(ALL_SOURCE_LOCKS, claiming -> OwnedRangeTable.claim(claiming.dsl(), chunk.ranges())
                            .orElseThrow(() -> outdated(chunk)));
            long moment = source.run(
                    claiming -> RowCopy.between(chunk.source(), chunk.target()).moment(claiming));
            source.commit();
            return new Claimed(epoch, moment);
        }
    }

    private Staged stage(Chunk chunk, Claimed claimed) {
        beforeStep.accept(HandoverStep.STAGE);
        try (ShardTransaction target = chunk.target().beginMove(TARGET_LOCK_TIMEOUT)) {
            target.run(staging -> {
                requireMayStage(staging, chunk, claimed.epoch);
                return true;
            });
            Staged staged = copy(target, chunk, claimed);
            record(target, chunk, staged.copies);
            beforeStep.accept(HandoverStep.COMMIT_STAGED);
            target.commit();
            return staged;
        }
    }

    private Staged copy(ShardTransaction target, Chunk chunk, Claimed claimed) {
        try (ShardTransaction source = chunk.source().beginCopy()) {
            requireClaimed(source, chunk, claimed.epoch);
            StagedRows rows = StagedRows.copy(chunk, claimed.moment, tables, source, target);
            return new Staged(rows, records(chunk, claimed.epoch, rows.stored()));
        }
    }

    /**
     * INVARIANT: a copy is not older than its claim. What was written before the claim is looked for by nobody afterwards; and a
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
        if (!HandoverTarget.mayStage(target.dsl(), chunk.ranges(), epoch)) {
            throw outdated(chunk);
        }
    }

    private static void record(ShardTransaction target, Chunk chunk, List<CommittedHandover> copies) {
        target.run(recording -> {
            HandoverTarget.stage(recording.dsl(), copies, chunk.source().name());
            return true;
        });
    }

    /** The longer it takes to copy again, the more changes meanwhile: this leaves little for {@link #catchUp}. */
    private Staged refresh(Chunk chunk, Staged staged) {
        beforeStep.accept(HandoverStep.REFRESH);
        Staged newest = staged;
        for (int round = 0; round < MOST_REFRESHES; round++) {
            Staged before = newest;
            newest = refreshOnce(chunk, before);
            if (newest.copies.equals(before.copies)) {
                break;
            }
        }
        return newest;
    }

    private Staged refreshOnce(Chunk chunk, Staged staged) {
        try (ShardTransaction source = chunk.source().beginCopy()) {
            requireClaimed(source, chunk, staged.epoch());
            requireSameColumns(source, chunk, staged);
            try (ShardTransaction target = chunk.target().beginMove(SOURCE_LOCK_TIMEOUT)) {
                return copyChange(source, target, chunk, staged);
            }
        }
    }

    private void lock(ShardTransaction source, Chunk chunk, long epoch) {
        beforeStep.accept(HandoverStep.LOCK);
        boolean locked = source.runWithin(
                ALL_SOURCE_LOCKS, locking -> OwnedRangeTable.lock(locking.dsl(), chunk.ranges(), epoch));
        if (!locked) {
            throw outdated(chunk);
        }
    }

    private Staged catchUp(ShardTransaction source, ShardTransaction target, Chunk chunk, Staged staged) {
        beforeStep.accept(HandoverStep.CATCH_UP);
        requireSameColumns(source, chunk, staged);
        return copyChange(source, target, chunk, staged);
    }

    /** Copies again, and commits, what the source, as this transaction sees it, stores otherwise than the target. */
    private static Staged copyChange(ShardTransaction source, ShardTransaction target, Chunk chunk, Staged staged) {
        Optional<Change> change = staged.rows.change(source, target);
        if (change.isEmpty()) {
            requireStaged(target, chunk, staged);
            return staged;
        }
        StagedRows newer = change.get().newer();
        Staged restaged = new Staged(newer, records(chunk, staged.epoch(), newer.stored()));
        if (!target.run(holding -> HandoverTarget.restage(holding.dsl(), staged.copies, restaged.copies))) {
            throw outdated(chunk);
        }
        change.get().copy(source, target);
        target.commitAndMoveOn(SOURCE_LOCK_TIMEOUT);
        return restaged;
    }

    /**
     * Holds nothing on the target, where others may stage. A handover to a target that was set back since could be activated
     * by nobody; it is not begun.
     */
    private static void requireStaged(ShardTransaction target, Chunk chunk, Staged staged) {
        if (!target.run(looking -> HandoverTarget.isStaged(looking.dsl(), staged.copies))) {
            throw outdated(chunk);
        }
    }

    /**
     * A column that somebody added since would be lost. Under the lock it is too late to add one and write to it: nobody
     * writes to the chunk.
     */
    private void requireSameColumns(ShardTransaction source, Chunk chunk, Staged staged) {
        FencedTables.requireFenced(source, tables);
        staged.rows.rows().changed(source).ifPresent(table -> {
            throw new StaleVersionException(
                    """
                    The columns of %s on %s have changed while its rows were being copied to %s. \
                    Nothing moved. Bring all shards to the same schema, then make a new plan.""".formatted(table, chunk.source().name(), chunk.target().name()));
        });
    }

    /** Counts belong to the chunk; its first range carries them. */
    private static List<CommittedHandover> records(Chunk chunk, long epoch, List<RowDigest> stored) {
        List<CommittedHandover> records = new ArrayList<>();
        long rows = RowDigest.rows(stored);
        String digest = RowDigest.text(stored);
        for (TokenRange range : chunk.ranges()) {
            records.add(new CommittedHandover(range, epoch, chunk.target().name(), rows, digest));
            rows = 0;
        }
        return records;
    }

    private void handOver(ShardTransaction source, List<CommittedHandover> handovers) {
        beforeStep.accept(HandoverStep.HAND_OVER);
        source.run(handing -> {
            HandoverSource.handOver(handing.dsl(), handovers);
            return true;
        });
        source.commit();
    }

    private List<CommittedHandover> activate(ShardTransaction target, List<CommittedHandover> handovers) {
        beforeStep.accept(HandoverStep.ACTIVATE);
        return Finisher.activate(target, handovers);
    }

    private void finish(Chunk chunk, List<CommittedHandover> handovers, Optional<Measured> measured) {
        beforeStep.accept(HandoverStep.FINISH);
        Finisher.forget(chunk.source(), handovers, measured);
    }

    private static StaleVersionException outdated(Chunk chunk) {
        return new StaleVersionException(
                "%s no longer owns all of the %d ranges that were to go to %s, or somebody else is moving them. Nothing moved. Make a new plan."
                        .formatted(
                                chunk.source().name(),
                                chunk.ranges().size(),
                                chunk.target().name()));
    }
}
