package dev.ringshard.internal.handover;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.ContentionException;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.failure.StaleVersionException;
import dev.ringshard.internal.ownership.ChangeTable;
import dev.ringshard.internal.ownership.ChangeTable.Change;
import dev.ringshard.internal.ownership.CommittedHandover;
import dev.ringshard.internal.ownership.HandoverHistoryTable.Measured;
import dev.ringshard.internal.ownership.OwnedRangeTable;
import dev.ringshard.internal.shard.ShardTransaction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jooq.Record;
import org.jooq.Result;
import org.jooq.ResultQuery;

/**
 * Hands a chunk over from the shard that owns it to another.
 *
 * <p><b>The protocol.</b> {@link #attempt} is it: {@link #stage}, {@link #catchUp}, {@link #handOver}. The row of {@code owned_range} is the
 * lock: work for a token holds it shared until its commit, and a mover exclusively while it claims, and from {@code lock} to
 * {@code handOver}. The claim makes the fence log what is written from then on. The rows are copied while applications work on,
 * and what was logged meanwhile is copied again, in rounds, each from one snapshot of log and rows. Under the lock only what was
 * logged since the last round is left, most often nothing. What a copy holds is compared with the source before it is committed.
 *
 * <p><b>Why it is safe.</b>
 * <ul>
 *   <li>The claim has waited for every transaction that wrote before it, by the row or, until the claim closed it, by an open slot; one
 *       that writes later finds the range's row saying so, and logs what it writes. A copy is not older than its claim, so what it does
 *       not hold is in the log.
 *   <li>Locks, the last comparison, and the end of ownership are one transaction of the source. A mover that lost its
 *       session cannot commit it; the database has rolled it back and freed the locks.
 *   <li>Epochs only rise, and every attempt has one of its own. Staging refuses a target that owns any of it, or that
 *       holds a copy staged with an epoch that is not older. {@code activate} and {@code finish} do nothing unless the
 *       epoch is exactly theirs, so a process that does them may be as slow as it likes.
 *   <li>A process that would remove the staged copy must raise the epoch on the source first: another attempt by its claim,
 *       {@link Recovery} on purpose. {@code lock} then finds another epoch than its own. So between {@code lock} and
 *       {@code handOver} the copy is there.
 *   <li>A target that is set back in time meanwhile, a standby that lagged, holds no copy with that epoch and digest, and
 *       so activates nothing; rows are deleted on the source only where it is on record that the target took them.
 *   <li>Between {@code handOver} and {@code activate} no shard serves the chunk. The copy on the target is durable by
 *       then, and any process can finish: see {@link Recovery}.
 * </ul>
 *
 * <p><b>If the mover dies right after a step</b>: claim, an epoch was skipped, and a log grows that no mover reads, until
 * {@link Recovery} or the next claim ends it; stage and catch up, a copy that no shard serves, which the next attempt replaces; lock
 * and last round, the source rolls back; hand over, any process activates; activate and finish, another process tidies up later.
 *
 * <p>A model of this, with the mutants that it must catch, stands in {@code src/model}.
 */
public final class Handover {
    /** Where applications write all the time, there is always something to copy again. */
    private static final int MOST_ROUNDS = 10;

    /** So few changes are copied again within the write pause. */
    private static final int FEW = 20;

    private final String cluster;
    private final ChunkStaging staging;
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
        this.staging = new ChunkStaging(cluster, this.tables, nanoTime, beforeStep);
    }

    /**
     * What a handover moved.
     *
     * @param writePause empty if there were no rows, and so no writer that could have waited
     */
    public record Moved(long rows, Optional<Duration> writePause) {}

    /**
     * A chunk whose copy is stored on its target, and belongs to no shard yet.
     *
     * @param begun when its handover began, in nanoseconds
     */
    public record StagedChunk(Chunk chunk, StagedRows copy, List<CommittedHandover> records, long begun) {
        long epoch() {
            return records.get(0).epoch();
        }

        /** How many rows of each table were copied, in the order of the tables. */
        public List<Long> rowsOfTables() {
            return copy.stored().stream().map(RowDigest::rows).toList();
        }

        /** How many rows were copied, in all tables. */
        public long rows() {
            return RowDigest.rows(copy.stored());
        }
    }

    /**
     * One attempt, from the beginning to the end.
     *
     * @throws ContentionException if transactions held the ranges for too long; nothing moved, try again
     * @throws StaleVersionException if the source does not own the chunk, or another attempt is ahead; nothing moved
     * @throws RingshardException if a shard failed; {@link Recovery} finds out how far it came
     */
    public Moved attempt(Chunk chunk) {
        StagedChunk staged = stage(chunk);
        try {
            return handOver(catchUp(staged));
        } catch (RingshardException failure) {
            abandon(staged, failure);
            throw failure;
        }
    }

    /**
     * Copies a chunk to its target, while applications work on. A caller that does not hand it over has to
     * {@linkplain #abandon abandon} it.
     *
     * @throws RingshardException as {@link #attempt}; there is nothing to abandon
     */
    public StagedChunk stage(Chunk chunk) {
        return staging.stage(chunk);
    }

    /** Gives a staged chunk up: what is written to it is logged no more. Where that does not succeed, {@link Recovery} sees to it. */
    public void abandon(StagedChunk staged, RingshardException reason) {
        ChunkStaging.abandon(staged.chunk, staged.epoch(), reason);
    }

    /**
     * Copies again what was logged, until little is left for the write pause, or it does not get less.
     *
     * @return the chunk as it is staged now, in place of the one that was given
     * @throws RingshardException as {@link #attempt}
     */
    public StagedChunk catchUp(StagedChunk staged) {
        beforeStep.accept(HandoverStep.CATCH_UP);
        StagedChunk newest = staged;
        int most = Integer.MAX_VALUE;
        for (int i = 0; i < MOST_ROUNDS; i++) {
            Round round = round(newest);
            newest = round.staged;
            if (round.changes <= FEW || round.changes > most) {
                break;
            }
            most = round.changes / 2;
        }
        return newest;
    }

    /** A round, and how many changes it has copied. */
    private record Round(StagedChunk staged, int changes) {}

    /** INVARIANT: what this snapshot saw of the log is forgotten once it is stored, and nothing else of it. */
    private Round round(StagedChunk staged) {
        List<Change> written;
        StagedChunk newer;
        try (ShardTransaction source = ChunkStaging.beginCopy(staged.chunk, staged.epoch())) {
            written = written(source, staged, source.ask(questions(source, staged)));
            if (written.isEmpty()) {
                return new Round(staged, 0);
            }
            try (ShardTransaction target = staged.chunk.target().beginStaging(Chunk.LOCK_TIMEOUT)) {
                boolean byKey = requireStaged(target, staged, HandoverTarget.holding(target.dsl(), staged.records));
                newer = copyAgain(source, target, byKey, staged, written);
                target.commit();
            }
        }
        try (ShardTransaction source = staged.chunk.source().beginTidying(Chunk.LOCK_TIMEOUT)) {
            source.run(forgetting -> {
                ChangeTable.forget(
                        forgetting.dsl(),
                        staged.epoch(),
                        written.stream().map(Change::number).toList());
                return true;
            });
            source.commit();
        }
        return new Round(newer, written.size());
    }

    /** What a source is asked about a chunk that is staged; {@link #written} takes the answers. */
    private static List<ResultQuery<? extends Record>> questions(ShardTransaction source, StagedChunk staged) {
        List<ResultQuery<? extends Record>> questions = new ArrayList<>();
        questions.add(ChangeTable.reading(source.dsl(), staged.epoch()));
        staged.copy.rows().definitionNow(source).ifPresent(questions::add);
        return questions;
    }

    /** What was written to a chunk whose tables are as they were. */
    private List<Change> written(ShardTransaction source, StagedChunk staged, List<Result<? extends Record>> answers) {
        requireSameColumns(source, staged, definition(answers, 1));
        return ChangeTable.within(staged.chunk.ranges(), answers.get(0));
    }

    /** The answer to a question that was asked only where it can be. */
    private static Optional<String> definition(List<Result<? extends Record>> answers, int index) {
        return answers.size() <= index
                ? Optional.empty()
                : Optional.ofNullable(answers.get(index).get(0).get(0, String.class));
    }

    /**
     * Hands over what is staged, in the write pause.
     *
     * @throws ContentionException if transactions held the ranges for too long; the chunk is staged as before, and can be
     *     {@linkplain #catchUp caught up} and handed over once more
     * @throws RingshardException as {@link #attempt}
     */
    public Moved handOver(StagedChunk staged) {
        Chunk chunk = staged.chunk;
        List<CommittedHandover> handovers;
        List<CommittedHandover> taken;
        long paused;
        long active;
        beforeStep.accept(HandoverStep.LOCK);
        try (ShardTransaction source = chunk.source().beginMove(chunk.lockTimeout());
                ShardTransaction target = Finisher.begin(chunk.target(), cluster, Chunk.LOCK_TIMEOUT)) {
            boolean byKey = requireStaged(target, staged, HandoverTarget.looking(target.dsl(), staged.records));
            paused = nanoTime.getAsLong();
            List<Result<? extends Record>> answers = lock(source, staged);
            Optional<StagedChunk> newest = lastRound(source, target, byKey, staged, answers);
            handovers = newest.orElse(staged).records;
            handOver(source, handovers);
            taken = activate(target, handovers, newest.isPresent());
            active = nanoTime.getAsLong();
        }
        long rows = handovers.stream().mapToLong(CommittedHandover::rows).sum();
        Optional<Measured> measured = rows == 0
                ? Optional.empty()
                : Optional.of(new Measured(Duration.ofNanos(active - paused), Duration.ofNanos(active - staged.begun)));
        finish(chunk, taken, measured);
        if (taken.size() < handovers.size()) {
            throw Finisher.unknownTo(chunk.target(), chunk.source(), handovers.size() - taken.size());
        }
        return new Moved(rows, measured.map(Measured::writePause));
    }

    /** Returns the answers to {@link #questions} under the lock, in the round trip that locks: from then on no transaction writes. */
    private static List<Result<? extends Record>> lock(ShardTransaction source, StagedChunk staged) {
        List<ResultQuery<? extends Record>> asked = staged.chunk.queuing(source);
        int before = asked.size();
        asked.add(OwnedRangeTable.locking(source.dsl(), staged.chunk.ranges()));
        asked.addAll(questions(source, staged));
        List<Result<? extends Record>> all = source.askWithin(staged.chunk.allLocks(), asked);
        List<Result<? extends Record>> answers = all.subList(before, all.size());
        if (!OwnedRangeTable.isClaimed(answers.get(0), staged.chunk.ranges(), staged.epoch())) {
            throw staged.chunk.outdated();
        }
        return answers.subList(1, answers.size());
    }

    /** Copies again, and commits, what was logged before the lock; empty if nothing was. */
    private Optional<StagedChunk> lastRound(
            ShardTransaction source,
            ShardTransaction target,
            boolean byKey,
            StagedChunk staged,
            List<Result<? extends Record>> answers) {
        beforeStep.accept(HandoverStep.LAST_ROUND);
        List<Change> written = written(source, staged, answers);
        if (written.isEmpty()) {
            requireStillStaged(target, staged);
            return Optional.empty();
        }
        StagedChunk newest = copyAgain(source, target, byKey, staged, written);
        target.commit();
        return Optional.of(newest);
    }

    /** Copies again, in the target's transaction, what the source, as its transaction sees it, stores of what was written. */
    private static StagedChunk copyAgain(
            ShardTransaction source, ShardTransaction target, boolean byKey, StagedChunk staged, List<Change> written) {
        StagedRows copy = staged.copy.copyAgain(written, byKey, source, target);
        List<CommittedHandover> records = staged.chunk.records(staged.epoch(), copy.stored());
        if (!target.run(correcting -> HandoverTarget.restage(correcting.dsl(), staged.records, records))) {
            throw staged.chunk.outdated();
        }
        return new StagedChunk(staged.chunk, copy, records, staged.begun);
    }

    /** A handover to a target that was set back while the mover waited could never be activated; it is not begun. */
    private static void requireStillStaged(ShardTransaction target, StagedChunk staged) {
        List<Result<? extends Record>> answers =
                target.ask(List.of(HandoverTarget.looking(target.dsl(), staged.records)));
        if (!HandoverTarget.areStaged(answers.get(0), staged.records)) {
            throw staged.chunk.outdated();
        }
    }

    /**
     * Requires that the target has the copy, in tables that are defined as they were.
     *
     * <p>Before the lock, this holds nothing: while the source shows this epoch, no mover stages the ranges anew. In a round that others
     * may overtake, it holds the records.
     *
     * @param records the question for the records of what was staged
     * @return whether rows can be replaced one by one, because the target's transaction checks no references
     */
    private static boolean requireStaged(
            ShardTransaction target, StagedChunk staged, ResultQuery<? extends Record> records) {
        List<ResultQuery<? extends Record>> asked = new ArrayList<>();
        asked.add(records);
        asked.add(target.shard().dialect().transactions().checksNoReferences(target.dsl()));
        staged.copy.rows().definitionNow(target).ifPresent(asked::add);
        List<Result<? extends Record>> answers = target.ask(asked);
        if (!HandoverTarget.areStaged(answers.get(0), staged.records)) {
            throw staged.chunk.outdated();
        }
        staged.copy.rows().requireAsItWas(staged.chunk, definition(answers, 2));
        return answers.get(1).get(0).get(0, Boolean.class);
    }

    /**
     * A column that was added since would be lost. Under the lock it is too late to add one and write to it: no
     * transaction writes to the chunk.
     */
    private void requireSameColumns(ShardTransaction source, StagedChunk staged, Optional<String> definition) {
        if (definition.isPresent() && definition.equals(staged.copy.rows().definition())) {
            return;
        }
        FencedTables.requireFenced(source, tables);
        Optional<String> changed = staged.copy.rows().changed(source);
        if (changed.isPresent() || definition.isPresent()) {
            throw new StaleVersionException("""
                    The columns of %s on %s have changed while its rows were being copied to %s. \
                    Nothing moved. Bring all shards to the same schema, then make a new plan.""".formatted(
                            changed.orElse("a sharded table, or its triggers,"),
                            staged.chunk.source().name(),
                            staged.chunk.target().name()));
        }
    }

    private void handOver(ShardTransaction source, List<CommittedHandover> handovers) {
        beforeStep.accept(HandoverStep.HAND_OVER);
        source.run(handing -> {
            HandoverSource.handOver(handing.dsl(), handovers);
            return true;
        });
        source.commit();
    }

    /** In the transaction that has begun, or, where the last round has committed it, in the next. */
    private List<CommittedHandover> activate(
            ShardTransaction target, List<CommittedHandover> handovers, boolean isCommitted) {
        beforeStep.accept(HandoverStep.ACTIVATE);
        if (!isCommitted) {
            return Finisher.activate(target, handovers);
        }
        Result<? extends Record> held = target.moveOn(
                        Chunk.LOCK_TIMEOUT, List.of(HandoverTarget.holding(target.dsl(), handovers)))
                .get(0);
        return Finisher.activate(target, handovers, held);
    }

    private void finish(Chunk chunk, List<CommittedHandover> handovers, Optional<Measured> measured) {
        beforeStep.accept(HandoverStep.FINISH);
        Finisher.forget(chunk.source(), handovers, measured);
    }
}
