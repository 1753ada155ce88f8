package dev.ringshard.internal.handover;

import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.ContentionException;
import dev.ringshard.failure.CorruptionException;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.internal.ownership.ArrivedRangeTable;
import dev.ringshard.internal.ownership.ChangeTable;
import dev.ringshard.internal.ownership.Claim;
import dev.ringshard.internal.ownership.CommittedHandover;
import dev.ringshard.internal.ownership.DepartedRange;
import dev.ringshard.internal.ownership.DepartedRangeTable;
import dev.ringshard.internal.ownership.HandoverHistoryTable;
import dev.ringshard.internal.ownership.HandoverTable;
import dev.ringshard.internal.ownership.IncomingRange;
import dev.ringshard.internal.ownership.IncomingRangeTable;
import dev.ringshard.internal.ownership.LogMarkTable;
import dev.ringshard.internal.ownership.LogPositionTable;
import dev.ringshard.internal.ownership.MembershipTable;
import dev.ringshard.internal.ownership.OwnedRange;
import dev.ringshard.internal.ownership.OwnedRangeTable;
import dev.ringshard.internal.ownership.ServerLogs;
import dev.ringshard.internal.ownership.SetBack;
import dev.ringshard.internal.ownership.ShardRanges;
import dev.ringshard.internal.ownership.ShardReading;
import dev.ringshard.internal.ownership.Stripes;
import dev.ringshard.internal.shard.FailureKind;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.ShardTransaction;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.status.RecoveryOutcome;
import dev.ringshard.status.RecoveryProgress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tidies up after movers that died: finishes committed handovers, drops staged copies that no live attempt owns, and
 * deletes rows that were left behind. Safe beside live movers, and beside others that recover. What needs a shard that
 * does not answer is left for the next time.
 */
public final class Recovery {
    private static final Logger log = LoggerFactory.getLogger(Recovery.class);
    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(5);
    private static final int PURGE_BATCH = 10_000;

    /** How far apart marks are while rows move. */
    private static final Duration BETWEEN_MARKS = Duration.ofSeconds(10);

    private final Shards shards;
    private final List<ShardedTable> tables;
    private final Optional<Duration> purgeAfter;
    private final AtomicLong markedAt = new AtomicLong(System.nanoTime() - BETWEEN_MARKS.toNanos());

    /**
     * What tidies up on some shards.
     *
     * @param tables those that others refer to first
     * @param purgeAfter how long rows that left stay; empty for what the standbys of their new shard ask for
     */
    public Recovery(Shards shards, List<ShardedTable> tables, Optional<Duration> purgeAfter) {
        this.shards = shards;
        this.tables = List.copyOf(tables);
        this.purgeAfter = purgeAfter;
    }

    /** As {@link #run(RecoveryProgress)}, telling nobody. */
    public RecoveryOutcome run() {
        return run(RecoveryProgress.NONE);
    }

    /** All of it, on all shards that answer. */
    public RecoveryOutcome run(RecoveryProgress progress) {
        Round round = new Round();
        List<Shard> members = shards.all().stream()
                .filter(shard -> round.attempt(() -> isMember(shard), false))
                .toList();
        int finished =
                members.stream().mapToInt(source -> finish(source, round)).sum();
        int dropped = members.stream().mapToInt(target -> drop(target, round)).sum();
        members.forEach(source -> round.attempt(() -> endLogs(source), false));
        int purged = members.stream()
                .mapToInt(source -> round.attempt(() -> purge(source, List.of(TokenRange.ALL), progress, round), 0))
                .sum();
        Map<Shard, ShardRanges> ranges = new LinkedHashMap<>();
        members.forEach(shard -> round.attempt(
                () -> {
                    ranges.put(shard, ShardReading.of(shard).ranges());
                    return true;
                },
                false));
        if (ranges.size() == shards.all().size() && round.unreachable.isEmpty()) {
            ranges.keySet().forEach(shard -> round.attempt(() -> compare(shard, ranges, round), false));
            round.attempt(() -> markAll(ranges.keySet()), false);
        }
        members.forEach(this::openSlots);
        int remaining = ranges.values().stream()
                .mapToInt(said -> said.leftovers().total())
                .sum();
        return new RecoveryOutcome(finished, dropped, purged, remaining, List.copyOf(round.unreachable))
                .withLoss(round.withLoss);
    }

    /**
     * Stores that a shard which was restored, or which a standby took over, or under whose server older files were put back, does
     * not contradict the others, if that is so: from then on it is believed also where another one does not answer. What looks like a contradiction may be a handover between
     * two looks; whether it is one, {@code status} tells.
     */
    private static boolean compare(Shard shard, Map<Shard, ShardRanges> all, Round round) {
        boolean isKnown = Objects.requireNonNull(shard.snapshot(
                reading -> MembershipTable.incarnationOf(reading.dsl()).isKnown()));
        boolean isShorter = isShorter(SetBack.ofLogs(byName(all)), shard)
                && isShorter(SetBack.ofLogs(byName(all), Map.of(shard.name(), logsOf(shard))), shard);
        if ((isKnown && !isShorter) || contradicts(shard, all)) {
            return isKnown;
        }
        store(shard, storing -> MembershipTable.storeIncarnation(storing.dsl()));
        if (isShorter) {
            round.withLoss.add(shard.name());
            log.warn(
                    "Shard {} was set back in time, by older files or a dump that were put back, or a standby that lagged. What was written there since is lost; nothing contradicts what is left of it, so it is taken as it is.",
                    shard.name());
            ServerLogs now = logsOf(shard);
            all.keySet().stream()
                    .filter(other -> other != shard)
                    .forEach(other ->
                            store(other, storing -> LogPositionTable.replace(storing.dsl(), shard.name(), now)));
        }
        return true;
    }

    private static boolean isShorter(Set<SetBack> found, Shard shard) {
        return found.stream().anyMatch(one -> one.shard().equals(shard.name()));
    }

    private static void store(Shard shard, Consumer<ShardTransaction> change) {
        try (ShardTransaction storing = shard.beginMove(LOCK_TIMEOUT)) {
            storing.run(inside -> {
                change.accept(inside);
                return true;
            });
            storing.commit();
        }
    }

    private static ServerLogs logsOf(Shard shard) {
        return Objects.requireNonNull(shard.snapshot(looking -> ServerLogs.of(looking.dsl())));
    }

    /** Has all shards that answer note of each other how far they are, with a new mark each: one that is set back alone is noticed. */
    public void note() {
        markAll(shards.all().stream().filter(Recovery::answersAsMember).toList());
    }

    /** Writes a new mark on each shard, of all that answer, has all note it, and forgets what nobody needs. */
    private boolean markAll(Collection<Shard> all) {
        mark(all);
        noteLogs(all);
        all.forEach(shard -> store(shard, forgetting -> LogMarkTable.deleteOld(forgetting.dsl())));
        return true;
    }

    /** INVARIANT: a mark is durable where it was written before anybody else has it on record. */
    private void mark(Collection<Shard> marked) {
        marked.forEach(shard -> store(shard, marking -> LogMarkTable.add(marking.dsl())));
        markedAt.set(System.nanoTime());
    }

    /**
     * Notes on each of these shards how far the logs of the others' servers are, and their newest marks, so that somebody notices if
     * they are shorter one day. In the order of the names, so that two who note do not wait for each
     * other; where somebody else holds a record all the same, he has noted it.
     */
    private static boolean noteLogs(Collection<Shard> shards) {
        Map<String, ServerLogs> logs = new TreeMap<>();
        shards.forEach(shard -> logs.put(shard.name(), logsOf(shard)));
        for (Shard shard : shards) {
            try (ShardTransaction noting = shard.beginTidying(LOCK_TIMEOUT)) {
                noting.run(inside -> {
                    logs.forEach((other, known) -> {
                        if (!other.equals(shard.name())) {
                            LogPositionTable.note(inside.dsl(), other, known);
                        }
                    });
                    return true;
                });
                noting.commit();
            } catch (ContentionException busy) {
                log.debug("What {} has on record of other logs is noted another time", shard, busy);
            }
        }
        return true;
    }

    private static Map<String, ShardRanges> byName(Map<Shard, ShardRanges> all) {
        Map<String, ShardRanges> byName = new LinkedHashMap<>();
        all.forEach((member, ranges) -> byName.put(member.name(), ranges));
        return byName;
    }

    /** Whether it, or any other, does so by more than how long its log is. */
    private static boolean contradicts(Shard shard, Map<Shard, ShardRanges> all) {
        Map<String, ShardRanges> byName = byName(all);
        Set<SetBack> found = SetBack.among(byName);
        found.removeAll(SetBack.ofLogs(byName));
        List<OwnedRange> owned = Objects.requireNonNull(all.get(shard)).owned();
        return !found.isEmpty()
                || hasForgotten(shard, all)
                || all.keySet().stream().filter(other -> other != shard).anyMatch(other -> !SetBack.ofTarget(
                                shard.name(), owned, other)
                        .isEmpty());
    }

    /** Whether it took what nobody owns now. */
    private static boolean hasForgotten(Shard shard, Map<Shard, ShardRanges> all) {
        Map<String, Shard> byName = all.keySet().stream().collect(Collectors.toMap(Shard::name, Function.identity()));
        List<TokenRange> gaps = Claim.newest(all.entrySet().stream()
                        .flatMap(member ->
                                member.getValue().claims(member.getKey().name()).stream())
                        .toList())
                .gaps();
        return SetBack.ofGaps(
                        gaps,
                        byName.keySet(),
                        (name, gap) -> Objects.requireNonNull(Objects.requireNonNull(byName.get(name))
                                .snapshot(reading -> HandoverHistoryTable.overlapping(reading.dsl(), gap))))
                .stream()
                .anyMatch(one -> one.shard().equals(shard.name()));
    }

    /** Goes on although some shards do not answer, and remembers which; and although one was restored and is not compared yet. */
    private static final class Round {
        private final Set<String> unreachable = new TreeSet<>();
        private final List<String> withLoss = new ArrayList<>();

        <T> T attempt(Supplier<T> work, T otherwise) {
            try {
                return onceMoreIfLost(work);
            } catch (ShardUnavailableException down) {
                unreachable.add(down.shard());
                return otherwise;
            } catch (CorruptionException broken) {
                if (FailureKind.of(broken) != FailureKind.RESTORED) {
                    throw broken;
                }
                return otherwise;
            }
        }

        /** A pool may hold a connection that died since; every step may be repeated. */
        private static <T> T onceMoreIfLost(Supplier<T> work) {
            try {
                return work.get();
            } catch (ShardUnavailableException failure) {
                if (!failure.wasLost()) {
                    throw failure;
                }
                return work.get();
            }
        }
    }

    private static boolean answersAsMember(Shard shard) {
        try {
            return isMember(shard);
        } catch (ShardUnavailableException down) {
            return false;
        }
    }

    private static boolean isMember(Shard shard) {
        return !ShardReading.of(shard).isNew();
    }

    private int finish(Shard source, Round round) {
        List<CommittedHandover> committed =
                round.attempt(() -> source.snapshot(looking -> HandoverTable.all(looking.dsl())), List.of());
        return committed.stream()
                .map(CommittedHandover::target)
                .distinct()
                .flatMap(target -> shards.find(target).stream())
                .mapToInt(target -> round.attempt(() -> Finisher.finish(source, target), 0))
                .sum();
    }

    private int drop(Shard target, Round round) {
        List<IncomingRange> staged =
                round.attempt(() -> target.snapshot(looking -> IncomingRangeTable.all(looking.dsl())), List.of());
        return staged.stream()
                .mapToInt(
                        incoming -> round.attempt(() -> mayDrop(incoming, round) && drop(target, incoming) ? 1 : 0, 0))
                .sum();
    }

    private boolean mayDrop(IncomingRange incoming, Round round) {
        return outdateAttempt(incoming) && isOwned(incoming.range(), 0, round);
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

    /** Outdates the claim of a range with an epoch; false if somebody is copying it, or works there. */
    private static boolean outdate(Shard source, TokenRange range, long epoch) {
        try (ShardTransaction transaction = source.beginMove(Chunk.LOCK_TIMEOUT)) {
            boolean outdated = transaction.run(outdating -> {
                if (source.dialect().isCopied(outdating.connection(), epoch)) {
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
        try (ShardTransaction transaction = source.beginTidying(LOCK_TIMEOUT)) {
            transaction.run(tidying -> {
                ChangeTable.deleteOutdated(tidying.dsl());
                return true;
            });
            transaction.commit();
        }
        return true;
    }

    /**
     * Whether every token of a range has an owner, of those that answer. What nobody owns may have its last copy anywhere:
     * the shard that took it may have been set back in time to before it did.
     */
    private boolean isOwned(TokenRange range, long leastEpoch, Round round) {
        List<OwnedRange> owned = new ArrayList<>();
        for (Shard shard : shards.all()) {
            owned.addAll(round.attempt(
                    () -> isMember(shard)
                            ? Objects.requireNonNull(shard.snapshot(looking -> OwnedRangeTable.all(looking.dsl())))
                            : List.<OwnedRange>of(),
                    List.of()));
            if (ShardRanges.covers(range, owned, leastEpoch)) {
                return true;
            }
        }
        return false;
    }

    private boolean drop(Shard target, IncomingRange incoming) {
        try (ShardTransaction transaction = target.beginMove(LOCK_TIMEOUT)) {
            boolean dropped = transaction.run(dropping -> {
                MembershipTable.lock(dropping.dsl());
                FencedTables.requireFenced(dropping, tables);
                if (!IncomingRangeTable.delete(dropping.dsl(), incoming)) {
                    return false;
                }
                for (int i = tables.size() - 1; i >= 0; i--) {
                    dropping.dsl()
                            .execute("DELETE FROM " + tables.get(i).name() + " WHERE "
                                    + TableColumns.within(
                                            target.dialect().token(tables.get(i)), List.of(incoming.range())));
                }
                return true;
            });
            transaction.commit();
            return dropped;
        }
    }

    /**
     * Makes fewer rows of what a shard owns, if handovers have left many. A row that somebody works with stays as it is;
     * the next rebalance tries again.
     */
    public void mergeRows(Shard shard) {
        List<OwnedRange> owned = Objects.requireNonNull(shard.snapshot(looking -> OwnedRangeTable.all(looking.dsl())));
        for (List<OwnedRange> neighbours : Stripes.mergeable(owned)) {
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
     * took it, and somebody owns it; what cannot be proven, because a shard does not answer or was set back in time, stays.
     *
     * @return how many are clean now
     */
    public int purge(Shard source, List<TokenRange> ranges) {
        return purge(source, ranges, RecoveryProgress.NONE, new Round());
    }

    private int purge(Shard source, List<TokenRange> ranges, RecoveryProgress progress, Round round) {
        int purged = 0;
        long rows = 0;
        List<DepartedRange> all = taken(source, departed(source, ranges), round);
        round.attempt(() -> noteLogs(source, all), false);
        for (DepartedRange departed : all) {
            while (purgeBatch(source, departed)) {
                rows += PURGE_BATCH;
                progress.purged(rows, purged, all.size());
            }
            purged++;
            progress.purged(rows, purged, all.size());
        }
        return purged;
    }

    /**
     * Before the last rows of a handover go: from then on, source and target know of each other that its log goes at least as far
     * as to the handover.
     */
    private boolean noteLogs(Shard source, List<DepartedRange> departed) {
        Set<Shard> involved = departed.stream()
                .flatMap(one -> shards.find(one.target()).stream())
                .collect(Collectors.toCollection(LinkedHashSet::new));
        if (involved.isEmpty()) {
            return false;
        }
        involved.add(source);
        if (System.nanoTime() - markedAt.get() >= BETWEEN_MARKS.toNanos()) {
            shards.all().stream().filter(Recovery::answersAsMember).forEach(involved::add);
            mark(involved);
        }
        return noteLogs(involved);
    }

    private static List<DepartedRange> departed(Shard source, List<TokenRange> ranges) {
        return Objects.requireNonNull(source.snapshot(looking -> {
            List<DepartedRange> departed = DepartedRangeTable.all(looking.dsl()).stream()
                    .filter(one -> ranges.stream().anyMatch(range -> range.contains(one.range())))
                    .toList();
            departed.forEach(one -> refuseToDeleteLiveRows(looking, one));
            return departed;
        }));
    }

    /**
     * Those that have demonstrably arrived where they went, and that somebody owns now.
     *
     * <p>INVARIANT: an owner alone is no proof, and neither is its epoch. One that was set back in time may own what it gave
     * away since, and its epochs rise like all others.
     */
    private List<DepartedRange> taken(Shard source, List<DepartedRange> departed, Round round) {
        List<DepartedRange> taken = new ArrayList<>();
        departed.stream().collect(Collectors.groupingBy(DepartedRange::target)).forEach((target, all) -> shards.find(
                        target)
                .ifPresentOrElse(
                        took -> taken.addAll(round.attempt(() -> taken(source, took, all, round), List.of())),
                        () -> all.stream()
                                .filter(one -> isOwned(one.range(), one.epoch(), round))
                                .forEach(taken::add)));
        return taken;
    }

    private List<DepartedRange> taken(Shard source, Shard target, List<DepartedRange> departed, Round round) {
        TokenRange hull =
                Handover.hull(departed.stream().map(DepartedRange::range).toList());
        Holding holding = Objects.requireNonNull(target.snapshot(looking -> new Holding(
                ArrivedRangeTable.overlapping(looking.dsl(), hull),
                OwnedRangeTable.overlapping(looking.dsl(), hull),
                purgeAfter.orElse(
                        target.dialect().hasLaggingStandby(looking.connection())
                                ? RingshardConfig.PURGE_AFTER_WITH_STANDBY
                                : Duration.ZERO))));
        return old(source, departed, holding.purgeAfter).stream()
                .filter(one -> ShardRanges.covers(one.range(), holding.arrived, one.epoch()))
                .filter(one ->
                        ShardRanges.covers(one.range(), holding.owned, one.epoch()) || isOwned(one.range(), 0, round))
                .toList();
    }

    /** Those that left so long ago, by the source's own clock. */
    private static List<DepartedRange> old(Shard source, List<DepartedRange> departed, Duration age) {
        if (age.isZero()) {
            return departed;
        }
        List<DepartedRange> old =
                Objects.requireNonNull(source.snapshot(looking -> DepartedRangeTable.all(looking.dsl(), age)));
        return departed.stream().filter(old::contains).toList();
    }

    private record Holding(List<OwnedRange> arrived, List<OwnedRange> owned, Duration purgeAfter) {}

    /**
     * Deletes a batch of rows that left.
     *
     * <p>INVARIANT: the record is held from the look to the deletion. The range may come back, and staging removes the
     * record: whoever looked before and deleted after would destroy live rows.
     *
     * @return whether there may be more
     */
    private boolean purgeBatch(Shard source, DepartedRange departed) {
        try (ShardTransaction transaction = source.beginTidying(LOCK_TIMEOUT)) {
            boolean more = transaction.run(purging -> {
                if (DepartedRangeTable.lock(purging.dsl(), departed).isEmpty()) {
                    return false;
                }
                refuseToDeleteLiveRows(purging, departed);
                FencedTables.requireFenced(purging, tables);
                for (int i = tables.size() - 1; i >= 0; i--) {
                    if (deleteBatch(purging, tables.get(i), departed.range()) >= PURGE_BATCH) {
                        return true;
                    }
                }
                DepartedRangeTable.delete(purging.dsl(), departed);
                return false;
            });
            transaction.commit();
            return more;
        }
    }

    /** Staging removes the record before the shard can own the range again; whoever changed it by hand did not. */
    private static void refuseToDeleteLiveRows(ShardTransaction purging, DepartedRange departed) {
        if (OwnedRangeTable.ownsAny(purging.dsl(), departed.range())) {
            throw new CorruptionException(
                    "Shard %s owns a part of the range %s, and records that it departed to %s. Nothing was deleted there. Stop: somebody changes the schema ringshard by hand."
                            .formatted(purging.shard().name(), departed.range(), departed.target()));
        }
    }

    private static int deleteBatch(ShardTransaction shard, ShardedTable table, TokenRange range) {
        return shard.shard().dialect().deleteBatch(shard.dsl(), table, range, PURGE_BATCH);
    }
}
