package dev.ringshard.internal.handover;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.ContentionException;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.internal.ownership.ChangeTable;
import dev.ringshard.internal.ownership.CommittedHandover;
import dev.ringshard.internal.ownership.HandoverTable;
import dev.ringshard.internal.ownership.IncomingRange;
import dev.ringshard.internal.ownership.IncomingRangeTable;
import dev.ringshard.internal.ownership.InitialRanges;
import dev.ringshard.internal.ownership.MembershipTable;
import dev.ringshard.internal.ownership.OwnedRange;
import dev.ringshard.internal.ownership.OwnedRangeTable;
import dev.ringshard.internal.ownership.ShardRanges;
import dev.ringshard.internal.ownership.ShardReading;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.ShardTransaction;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.status.RecoveryOutcome;
import dev.ringshard.status.RecoveryProgress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tidies up after movers that died: finishes committed handovers, drops staged copies that no live attempt owns, and
 * deletes rows that were left behind. Safe beside live movers, and beside others that recover. What needs a shard that
 * does not answer is left for the next time.
 */
public final class Recovery {
    private static final Logger log = LoggerFactory.getLogger(Recovery.class);

    private final Shards shards;
    private final List<ShardedTable> tables;
    private final LogMarks marks;
    private final Purge purge;

    /**
     * What tidies up on some shards.
     *
     * @param tables those that others refer to first
     * @param purgeAfter how long rows that left stay; empty for what the standbys of their new shard ask for
     */
    public Recovery(Shards shards, List<ShardedTable> tables, Optional<Duration> purgeAfter) {
        this.shards = shards;
        this.tables = List.copyOf(tables);
        this.marks = new LogMarks(shards);
        this.purge = new Purge(shards, this.tables, purgeAfter, marks);
    }

    /** As {@link #run(Set, RecoveryProgress)}, accepting no loss, and telling no listener. */
    public RecoveryOutcome run() {
        return run(Set.of(), RecoveryProgress.NONE);
    }

    /**
     * All of it, on all shards that answer; nothing, if one has lost what was written there, and that is not accepted.
     *
     * @param restored the names of shards whose loss an operator has decided to accept
     */
    public RecoveryOutcome run(Set<String> restored, RecoveryProgress progress) {
        RecoveryRound round = new RecoveryRound(shards);
        Map<Shard, ShardRanges> before = round.members();
        List<String> undecided =
                round.attempt(() -> new RestoredComparison(before, restored).undecided(), List.<String>of());
        return undecided.isEmpty()
                ? run(List.copyOf(before.keySet()), restored, progress, round)
                : new RecoveryOutcome(0, 0, 0, leftovers(before), round.unreachable()).withUndecided(undecided);
    }

    private RecoveryOutcome run(
            List<Shard> members, Set<String> restored, RecoveryProgress progress, RecoveryRound round) {
        int finished =
                members.stream().mapToInt(source -> finish(source, round)).sum();
        int dropped = members.stream().mapToInt(target -> drop(target, round)).sum();
        members.forEach(source -> round.attempt(() -> endLogs(source), false));
        int purged = members.stream()
                .mapToInt(source -> round.attempt(() -> purge.run(source, List.of(TokenRange.ALL), progress, round), 0))
                .sum();
        Map<Shard, ShardRanges> ranges = new LinkedHashMap<>();
        members.forEach(shard -> round.attempt(
                () -> {
                    ranges.put(shard, ShardReading.of(shard).ranges());
                    return true;
                },
                false));
        RestoredComparison comparison = new RestoredComparison(ranges, restored);
        if (ranges.size() == shards.all().size() && round.unreachable().isEmpty()) {
            ranges.keySet().forEach(shard -> round.attempt(() -> comparison.compare(shard), false));
            round.attempt(() -> marks.markAll(ranges.keySet()), false);
        }
        members.forEach(this::openSlots);
        return new RecoveryOutcome(finished, dropped, purged, leftovers(ranges), round.unreachable())
                .withLoss(comparison.withLoss());
    }

    private static int leftovers(Map<Shard, ShardRanges> ranges) {
        return ranges.values().stream()
                .mapToInt(said -> said.leftovers().total())
                .sum();
    }

    private int finish(Shard source, RecoveryRound round) {
        List<CommittedHandover> committed =
                round.attempt(() -> source.snapshot(looking -> HandoverTable.all(looking.dsl())), List.of());
        return committed.stream()
                .map(CommittedHandover::target)
                .distinct()
                .flatMap(target -> shards.find(target).stream())
                .mapToInt(target -> round.attempt(() -> Finisher.finish(source, target), 0))
                .sum();
    }

    private int drop(Shard target, RecoveryRound round) {
        List<IncomingRange> staged =
                round.attempt(() -> target.snapshot(looking -> IncomingRangeTable.all(looking.dsl())), List.of());
        return staged.stream()
                .mapToInt(
                        incoming -> round.attempt(() -> mayDrop(incoming, round) && drop(target, incoming) ? 1 : 0, 0))
                .sum();
    }

    private boolean mayDrop(IncomingRange incoming, RecoveryRound round) {
        return outdateAttempt(incoming) && round.isOwned(incoming.range(), 0);
    }

    /**
     * Makes sure that the attempt which staged a copy cannot hand it over any more; false if it may be alive, or has
     * handed over already and wants finishing.
     *
     * <p>INVARIANT: the look for a committed handover comes after the epoch was raised. Before, the attempt could still
     * commit one.
     */
    private boolean outdateAttempt(IncomingRange incoming) {
        Shard source = shards.find(incoming.source()).orElse(null);
        if (source == null) {
            return false;
        }
        if (!outdate(source, incoming.range(), incoming.epoch())) {
            return false;
        }
        return source.snapshot(looking -> HandoverTable.all(looking.dsl())).stream()
                .noneMatch(handover ->
                        handover.epoch() == incoming.epoch() && handover.range().equals(incoming.range()));
    }

    /** Outdates the claim of a range with an epoch; false if a mover is copying it, or a transaction works there. */
    private static boolean outdate(Shard source, TokenRange range, long epoch) {
        try (ShardTransaction transaction = source.beginMove(Chunk.LOCK_TIMEOUT)) {
            boolean outdated = transaction.run(outdating -> {
                if (source.dialect().transactions().isCopied(outdating.connection(), epoch)) {
                    return false;
                }
                OwnedRangeTable.outdate(outdating.dsl(), range);
                return true;
            });
            transaction.commit();
            return outdated;
        } catch (ContentionException alive) {
            return false;
        }
    }

    /** Ends the logs of claims whose movers have died. */
    private static boolean endLogs(Shard source) {
        List<OwnedRange> logged =
                Objects.requireNonNull(source.snapshot(looking -> OwnedRangeTable.logged(looking.dsl())));
        logged.forEach(claimed -> outdate(source, claimed.range(), claimed.epoch()));
        try (ShardTransaction transaction = source.beginTidying(Finisher.LOCK_TIMEOUT)) {
            transaction.run(tidying -> {
                ChangeTable.deleteOutdated(tidying.dsl());
                return true;
            });
            transaction.commit();
        }
        return true;
    }

    private boolean drop(Shard target, IncomingRange incoming) {
        try (ShardTransaction transaction = target.beginMove(Finisher.LOCK_TIMEOUT)) {
            boolean dropped = transaction.run(dropping -> {
                MembershipTable.lock(dropping.dsl());
                FencedTables.requireFenced(dropping, tables);
                if (!IncomingRangeTable.delete(dropping.dsl(), incoming)) {
                    return false;
                }
                for (ShardedTable table : FencedTables.childrenFirst(tables)) {
                    dropping.dsl()
                            .execute("DELETE FROM " + table.name() + " WHERE "
                                    + TableColumns.within(target.dialect().token(table), List.of(incoming.range())));
                }
                return true;
            });
            transaction.commit();
            return dropped;
        }
    }

    /**
     * Makes fewer rows of what a shard owns, if handovers have left many. A row that a transaction works with stays as it is;
     * the next rebalance tries again.
     */
    public void mergeRows(Shard shard) {
        List<OwnedRange> owned = Objects.requireNonNull(shard.snapshot(looking -> OwnedRangeTable.all(looking.dsl())));
        for (List<OwnedRange> neighbours : InitialRanges.mergeable(owned)) {
            try (ShardTransaction transaction = shard.beginMove(Chunk.LOCK_TIMEOUT)) {
                transaction.runWithin(Chunk.LOCK_TIMEOUT, merging -> OwnedRangeTable.merge(merging.dsl(), neighbours));
                transaction.commit();
            } catch (ContentionException busy) {
                log.debug("Rows of {} are merged another time", shard, busy);
            }
        }
    }

    /** Opens the slots of a shard once nothing is to be moved. What does not succeed costs its writers a little, and is tried again. */
    public void openSlots(Shard shard) {
        try {
            OwnedRangeTable.openSlots(shard);
        } catch (RingshardException later) {
            log.debug("The slots of {} are opened another time", shard, later);
        }
    }

    /**
     * Deletes what was left behind on a shard within some ranges, where it left long enough ago, it is on record that its target
     * took it, and a shard owns it; what cannot be proven, because a shard does not answer or was set back in time, stays.
     *
     * @return how many are clean now
     */
    public int purge(Shard source, List<TokenRange> ranges) {
        return purge.run(source, ranges, RecoveryProgress.NONE, new RecoveryRound(shards));
    }
}
