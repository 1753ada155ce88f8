package dev.ringshard.rebalance;

import dev.ringshard.failure.ContentionException;
import dev.ringshard.failure.OutcomeUnknownException;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.failure.StaleVersionException;
import dev.ringshard.internal.handover.Chunk;
import dev.ringshard.internal.handover.Finisher;
import dev.ringshard.internal.handover.Handover;
import dev.ringshard.internal.handover.Handover.StagedChunk;
import dev.ringshard.internal.handover.Recovery;
import dev.ringshard.internal.ownership.ChangeTable;
import dev.ringshard.internal.ownership.OwnedRange;
import dev.ringshard.internal.ownership.OwnedRangeTable;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.ShardTransaction;
import dev.ringshard.ring.TokenRange;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One move under way: chunk after chunk, until nothing is left that the source owns. While one is being copied, the one before it
 * is handed over, and what is left of the one before that is deleted. For one thread.
 *
 * <p>After any failure it finishes what is committed, looks at what the source still owns, and goes on from there. So it
 * makes no difference how far a chunk came, and who moved a range: this mover, another one, or a router that met a
 * half-done handover. A chunk that others hold for too long comes last, and in smaller pieces, and then who comes to write waits
 * behind the mover.
 */
final class ShardMoveRun {
    private static final Logger log = LoggerFactory.getLogger(ShardMoveRun.class);
    private static final Duration FIRST_WAIT = Duration.ofMillis(5);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

    /** So long a shard may be away, or another mover be ahead, before this gives up. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** The first chunk has no rows where it can be so: connections open and code gets warm before anybody waits. */
    private static final long REHEARSAL = 0;

    /** So often a chunk that is copied already tries to get the locks, before it comes last. */
    private static final int TRIES_TO_LOCK = 5;

    /** So many keys are named of rows that others held. */
    private static final int NAMED = 3;

    /** Between two tries; sessions that queue behind the mover's lock go on meanwhile. */
    private static final Duration REST_BETWEEN_TRIES = Duration.ofMillis(50);

    private final Shard source;
    private final Shard target;
    private final Chunks chunks;
    private final Tools tools;

    /** When a range, by its first token, was found held for the first time. */
    private final NavigableMap<Long, Long> heldSince = new ConcurrentSkipListMap<>();

    /** Of each chunk that was held, the token that most was written to while it was copied. */
    private final Set<Long> busiest = ConcurrentHashMap.newKeySet();

    private boolean hasHadATurn;
    private Duration wait = FIRST_WAIT;
    private volatile long lastSuccess;

    /** What all moves of a rebalance share. */
    record Tools(
            Handover handover,
            Recovery recovery,
            PauseControl gate,
            RebalanceTally tally,
            ChunkSize size,
            Throttle throttle,
            Sizes sizes,
            TargetStatistics statistics,
            LongSupplier nanoTime) {}

    /**
     * A chunk that is copied and is being handed over.
     *
     * @param rows how many it was to have
     */
    private record Ahead(Chunk chunk, long rows, Future<?> handedOver) {}

    ShardMoveRun(Shard source, Shard target, Chunks chunks, Tools tools) {
        this.source = source;
        this.target = target;
        this.chunks = chunks;
        this.tools = tools;
        this.lastSuccess = tools.nanoTime().getAsLong();
    }

    /**
     * Moves what there is to move, or as much of it as there was time for before the cancellation.
     *
     * @param handingOver does one thing after the other, for this move alone; it has come to its end when this returns
     * @param purging does it later
     * @param othersWait whether another move waits for its turn
     * @return whether it is done; otherwise others hold what is left, and it tries again in its next turn
     * @throws RingshardException what stopped it for good; whatever had moved by then has moved
     */
    boolean run(ExecutorService handingOver, ExecutorService purging, BooleanSupplier othersWait)
            throws InterruptedException {
        lastSuccess = tools.nanoTime().getAsLong();
        try {
            return moveAll(handingOver, purging, othersWait);
        } finally {
            Rebalancer.awaitEnd(handingOver);
        }
    }

    private boolean moveAll(ExecutorService handingOver, ExecutorService purging, BooleanSupplier othersWait)
            throws InterruptedException {
        Optional<Ahead> ahead = Optional.empty();
        boolean mayTryHeld = hasHadATurn;
        hasHadATurn = true;
        long rows = tools.size().isKnown() ? tools.size().rows() : REHEARSAL;
        while (true) {
            if (chunks.isEmpty()) {
                awaitHandover(ahead);
                ahead = Optional.empty();
            }
            if (chunks.isEmpty() || !tools.gate().pass()) {
                awaitHandover(ahead);
                return true;
            }
            if (chunks.isAllHeld() && othersWait.getAsBoolean()) {
                if (!mayTryHeld) {
                    awaitHandover(ahead);
                    return false;
                }
                mayTryHeld = false;
            }
            Chunk chunk = chunks.next(rows);
            StagedChunk staged;
            try {
                staged = copy(chunk);
            } catch (RingshardException failure) {
                awaitHandover(ahead);
                ahead = Optional.empty();
                resume(chunk, rows, failure);
                rows = tools.size().rows();
                continue;
            }
            awaitHandoverOrAbandon(staged, ahead);
            ahead = Optional.of(new Ahead(chunk, rows, handingOver.submit(() -> handOver(staged, purging))));
            tools.gate().sleep(tools.throttle().moved(staged.rows()));
            rows = tools.size().rows();
        }
    }

    /** As {@link #awaitHandover}; if the move cannot go on, abandons the chunk that was copied meanwhile, which ends the log of writes to it. */
    private void awaitHandoverOrAbandon(StagedChunk staged, Optional<Ahead> ahead) throws InterruptedException {
        try {
            awaitHandover(ahead);
        } catch (RingshardException hopeless) {
            tools.handover().abandon(staged, hopeless);
            throw hopeless;
        }
    }

    private StagedChunk copy(Chunk chunk) {
        long begun = tools.nanoTime().getAsLong();
        StagedChunk staged = tools.handover().stage(chunk);
        if (staged.rows() > 0) {
            tools.size().copied(Duration.ofNanos(tools.nanoTime().getAsLong() - begun));
        }
        return staged;
    }

    private boolean handOver(StagedChunk staged, ExecutorService purging) throws InterruptedException {
        if (staged.chunk().queues()) {
            ofSource(looking ->
                            ChangeTable.busiest(looking.dsl(), staged.chunk().ranges()))
                    .ifPresent(busiest::add);
        }
        Handover.Moved moved = handOver(staged);
        lastSuccess = tools.nanoTime().getAsLong();
        tools.tally().moved(staged.chunk(), moved);
        if (staged.chunk().queues()) {
            tellHeld(staged.chunk());
        }
        purging.execute(() -> purge(staged.chunk()));
        return true;
    }

    private void tellHeld(Chunk chunk) {
        long since = chunk.ranges().stream()
                .flatMap(range -> Stream.ofNullable(heldSince.floorEntry(range.last())))
                .mapToLong(Map.Entry::getValue)
                .min()
                .orElse(lastSuccess);
        List<TokenRange> busy = busiest.stream()
                .filter(token -> chunk.ranges().stream().anyMatch(range -> range.contains(token)))
                .map(token -> new TokenRange(token, token))
                .toList();
        List<String> keys;
        try {
            keys = tools.sizes().keys(target, busy.isEmpty() ? chunk.ranges() : busy, NAMED + 1);
        } catch (RingshardException unnamed) {
            keys = List.of();
        }
        tools.tally()
                .delayed(new DelayedRows(
                        source.name(),
                        keys.subList(0, Math.min(NAMED, keys.size())),
                        keys.size() <= NAMED,
                        Duration.ofNanos(lastSuccess - since)));
    }

    private Handover.Moved handOver(StagedChunk staged) throws InterruptedException {
        tools.statistics().stored(staged);
        StagedChunk newest = staged;
        int triesLeft = TRIES_TO_LOCK;
        while (true) {
            try {
                newest = tools.handover().catchUp(newest);
                return tools.handover().handOver(newest);
            } catch (RingshardException failure) {
                triesLeft--;
                if (triesLeft == 0
                        || !(failure instanceof ContentionException)
                        || tools.gate().isCancelled()) {
                    tools.handover().abandon(newest, failure);
                    throw failure;
                }
                tools.tally().waits(reason(failure));
                tools.gate().sleep(REST_BETWEEN_TRIES);
            }
        }
    }

    /** Deletes the rows that have left; what fails, the recovery at the end of the rebalance deletes. */
    private void purge(Chunk chunk) {
        try {
            tools.recovery().purge(source, chunk.ranges());
        } catch (RingshardException later) {
            log.debug("Rows that left {} are deleted later", source, later);
        }
    }

    /** Waits for the handover of the chunk before, if there is one; after a failure, until what is left of that chunk is known. */
    private void awaitHandover(Optional<Ahead> ahead) throws InterruptedException {
        if (ahead.isEmpty()) {
            return;
        }
        try {
            ahead.get().handedOver.get();
            chunks.moved(ahead.get().chunk);
            wait = FIRST_WAIT;
        } catch (ExecutionException failed) {
            if (!(failed.getCause() instanceof RingshardException failure)) {
                throw Rebalancer.unchecked(failed);
            }
            resume(ahead.get().chunk, ahead.get().rows, failure);
        }
    }

    /** Finds out what is left to do after a failure, for as long as it may take. */
    private void resume(Chunk chunk, long rows, RingshardException failure) throws InterruptedException {
        RingshardException latest = failure;
        if (failure instanceof ContentionException) {
            long now = tools.nanoTime().getAsLong();
            chunk.ranges().forEach(range -> heldSince.putIfAbsent(range.first(), now));
        }
        while (true) {
            giveUpIfHopeless(latest);
            if (tools.gate().isCancelled()) {
                return; // what became of this chunk, the recovery at the end finds out
            }
            log.debug("A chunk from {} to {} did not move", source, target, latest);
            tools.tally().waits(reason(latest) + holder(chunk, latest));
            tools.gate().sleep(nextWait());
            try {
                Finisher.finish(source, target);
                double before = chunks.share() + share(chunk.ranges());
                chunks.putBack(chunk, rows, owned(), failure instanceof ContentionException);
                tools.tally().gone(source, target, before - chunks.share());
                return;
            } catch (RingshardException again) {
                latest = again;
            }
        }
    }

    private void giveUpIfHopeless(RingshardException failure) {
        boolean passes = failure instanceof ContentionException
                || (tools.nanoTime().getAsLong() - lastSuccess < PATIENCE.toNanos()
                        && (failure instanceof StaleVersionException
                                || failure instanceof OutcomeUnknownException
                                || failure instanceof ShardUnavailableException));
        if (!passes) {
            throw failure;
        }
    }

    private String reason(RingshardException failure) {
        if (failure instanceof ContentionException) {
            return "other work holds rows that %s is to hand over".formatted(source.name());
        }
        if (failure instanceof StaleVersionException) {
            return "another rebalance is moving rows from %s, or a session changes its tables".formatted(source.name());
        }
        return failure instanceof ShardUnavailableException away
                ? "%s does not answer".formatted(away.shard())
                : "the answer of a commit was lost; looking what became of it";
    }

    /** As {@link OwnedRangeTable#holder}, as the end of a sentence. */
    private String holder(Chunk chunk, RingshardException failure) {
        if (!(failure instanceof ContentionException)) {
            return "";
        }
        return ofSource(looking -> OwnedRangeTable.holder(looking.dsl(), chunk.ranges()))
                .map(": "::concat)
                .orElse("");
    }

    /** What the source says of a chunk that is held, if it says anything now. */
    private <T> Optional<T> ofSource(ShardTransaction.Work<Optional<T>> question) {
        try {
            return Objects.requireNonNull(source.snapshot(question));
        } catch (RingshardException unknown) {
            return Optional.empty();
        }
    }

    private Duration nextWait() {
        long nanos = wait.toNanos();
        wait = wait.multipliedBy(2).compareTo(LONGEST_WAIT) < 0 ? wait.multipliedBy(2) : LONGEST_WAIT;
        return Duration.ofNanos(ThreadLocalRandom.current().nextLong(nanos / 2, nanos));
    }

    private List<TokenRange> owned() {
        List<OwnedRange> owned = Objects.requireNonNull(source.snapshot(looking -> OwnedRangeTable.all(looking.dsl())));
        return owned.stream().map(OwnedRange::range).toList();
    }

    private static double share(List<TokenRange> ranges) {
        return ranges.stream().mapToDouble(TokenRange::fraction).sum();
    }
}
