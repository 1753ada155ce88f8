package dev.ringshard.rebalance;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.ContentionException;
import dev.ringshard.failure.CorruptionException;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.failure.StaleVersionException;
import dev.ringshard.ownership.Finisher;
import dev.ringshard.ownership.HandoverTables;
import dev.ringshard.ownership.HandoverTables.Committed;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.shard.ShardTransaction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Hands a chunk over from the shard that owns it to another.
 *
 * <p><b>The protocol.</b> {@link #attempt} is it, a line a step. The row of {@code owned_range} is the lock: work for a
 * token holds it shared until its commit, the mover holds it exclusively from {@code lock} to {@code handOver}.
 *
 * <p><b>Why it is safe.</b>
 * <ul>
 *   <li>Locks, deletion and end of ownership are one transaction of the source. A mover that lost its session cannot
 *       commit it; the database has rolled it back and freed the locks.
 *   <li>Epochs only rise, and every attempt has one of its own. Staging refuses a target that owns any of it, or that
 *       holds a copy staged with an epoch that is not older. {@code activate} and {@code finish} do nothing unless the
 *       epoch is exactly theirs, so whoever does them may be as slow as they like.
 *   <li>Between {@code handOver} and {@code activate} nobody serves the chunk. The copy on the target is durable by
 *       then, and anybody can finish: see {@link Recovery}.
 * </ul>
 *
 * <p><b>If the mover dies right after a step</b>: claim, an epoch was skipped; lock and stage, the source rolls back; a
 * committed copy that was never handed over is replaced by the next attempt; hand over, anybody activates; activate and
 * finish, somebody tidies up later.
 */
final class Handover {
    /** A mover that queues behind a long transaction makes writers queue behind it: not for longer than this. */
    private static final Duration SOURCE_LOCK_TIMEOUT = Duration.ofMillis(50);

    private static final Duration TARGET_LOCK_TIMEOUT = Duration.ofSeconds(5);

    private final List<ShardedTable> tables;
    private final LongSupplier nanoTime;
    private final Consumer<HandoverStep> beforeStep;

    /** @param tables those that others refer to first */
    Handover(List<ShardedTable> tables, LongSupplier nanoTime, Consumer<HandoverStep> beforeStep) {
        this.tables = List.copyOf(tables);
        this.nanoTime = nanoTime;
        this.beforeStep = beforeStep;
    }

    /**
     * What a handover moved.
     *
     * @param writePause from when writers began to wait to when the target served
     */
    record Moved(long rows, Duration writePause) {}

    /**
     * One attempt.
     *
     * @throws ContentionException if somebody held the ranges for too long; nothing moved, try again
     * @throws StaleVersionException if the source no longer owns the chunk, or another attempt is ahead; nothing moved
     * @throws RingshardException if a shard failed; {@link Recovery} finds out how far it came
     */
    Moved attempt(Chunk chunk) {
        long epoch = claim(chunk);
        long paused;
        List<Committed> handovers;
        try (ShardTransaction target = beginStaging(chunk);
                ShardTransaction source = chunk.source().beginMove(SOURCE_LOCK_TIMEOUT)) {
            paused = nanoTime.getAsLong();
            lock(source, chunk, epoch);
            handovers = stage(source, target, chunk, epoch);
            handOver(source, handovers);
        }
        activate(chunk, handovers);
        Duration pause = Duration.ofNanos(nanoTime.getAsLong() - paused);
        finish(chunk, handovers, pause);
        return new Moved(handovers.stream().mapToLong(Committed::rows).sum(), pause);
    }

    private long claim(Chunk chunk) {
        beforeStep.accept(HandoverStep.CLAIM);
        try (ShardTransaction source = chunk.source().beginMove(SOURCE_LOCK_TIMEOUT)) {
            long epoch = source.run(claiming ->
                    HandoverTables.claim(claiming.dsl(), chunk.ranges()).orElseThrow(() -> outdated(chunk)));
            source.commit();
            return epoch;
        }
    }

    private static ShardTransaction beginStaging(Chunk chunk) {
        ShardTransaction target = chunk.target().beginMove(TARGET_LOCK_TIMEOUT);
        try {
            return target.run(staging -> {
                HandoverTables.holdStaging(staging.dsl());
                return staging;
            });
        } catch (RuntimeException failure) {
            target.close();
            throw failure;
        }
    }

    private void lock(ShardTransaction source, Chunk chunk, long epoch) {
        beforeStep.accept(HandoverStep.LOCK);
        boolean locked = source.run(locking -> HandoverTables.lock(locking.dsl(), chunk.ranges(), epoch));
        if (!locked) {
            throw outdated(chunk);
        }
    }

    private List<Committed> stage(ShardTransaction source, ShardTransaction target, Chunk chunk, long epoch) {
        beforeStep.accept(HandoverStep.STAGE);
        if (!target.run(staging -> HandoverTables.mayStage(staging.dsl(), chunk.ranges(), epoch))) {
            throw outdated(chunk);
        }
        target.run(staging -> clear(staging, chunk.ranges()));
        List<Committed> handovers = copy(source, target, chunk, epoch);
        beforeStep.accept(HandoverStep.COMMIT_STAGED);
        target.commit();
        return handovers;
    }

    private boolean clear(ShardTransaction target, List<TokenRange> ranges) {
        ranges.forEach(range -> HandoverTables.trimHidden(target.dsl(), range));
        for (int i = tables.size() - 1; i >= 0; i--) {
            target.dsl().execute("DELETE FROM " + tables.get(i).name() + " WHERE " + TableColumns.within(ranges));
        }
        return true;
    }

    private List<Committed> copy(ShardTransaction source, ShardTransaction target, Chunk chunk, long epoch) {
        RowCopy copying = RowCopy.between(source, target);
        Digest all = Digest.NONE;
        for (ShardedTable table : tables) {
            TableColumns described = source.run(reading -> TableColumns.of(reading.connection(), table));
            target.run(writing -> {
                copying.copy(source, writing, described, chunk.ranges());
                return true;
            });
            all = all.plus(compared(copying, source, target, described, chunk));
        }
        return record(target, chunk, epoch, all);
    }

    private static Digest compared(
            RowCopy copying, ShardTransaction source, ShardTransaction target, TableColumns table, Chunk chunk) {
        Digest read = source.run(reading -> copying.digest(reading, table, chunk.ranges()));
        Digest stored = target.run(reading -> copying.digest(reading, table, chunk.ranges()));
        if (!read.equals(stored)) {
            throw new CorruptionException(
                    "Of table %s, %s holds %d rows of the chunk and %s has stored %d, or with other values. Nothing was handed over; %s still serves them. Stop, and compare the two tables' definitions."
                            .formatted(
                                    table.table(),
                                    chunk.source().name(),
                                    read.rows(),
                                    chunk.target().name(),
                                    stored.rows(),
                                    chunk.source().name()));
        }
        return stored;
    }

    /** Counts belong to the chunk; its first range carries them. */
    private static List<Committed> record(ShardTransaction target, Chunk chunk, long epoch, Digest digest) {
        List<Committed> handovers = new ArrayList<>();
        long rows = digest.rows();
        for (TokenRange range : chunk.ranges()) {
            handovers.add(new Committed(range, epoch, chunk.target().name(), rows, digest.text()));
            rows = 0;
        }
        target.run(recording -> {
            handovers.forEach(handover -> HandoverTables.insertIncoming(
                    recording.dsl(),
                    handover.range(),
                    epoch,
                    chunk.source().name(),
                    handover.rows(),
                    handover.digest()));
            return true;
        });
        return handovers;
    }

    private void handOver(ShardTransaction source, List<Committed> handovers) {
        beforeStep.accept(HandoverStep.HAND_OVER);
        source.run(handing -> {
            handovers.forEach(handover -> HandoverTables.handOver(handing.dsl(), handover));
            return true;
        });
        source.commit();
    }

    private void activate(Chunk chunk, List<Committed> handovers) {
        beforeStep.accept(HandoverStep.ACTIVATE);
        Finisher.activate(chunk.target(), handovers);
    }

    private void finish(Chunk chunk, List<Committed> handovers, Duration pause) {
        beforeStep.accept(HandoverStep.FINISH);
        Finisher.forget(chunk.source(), handovers);
        chunk.source().transaction(remembering -> {
            handovers.forEach(handover -> HandoverTables.insertHistory(
                    remembering.dsl(), handover, chunk.source().name(), pause.toNanos() / 1000));
            return true;
        });
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
