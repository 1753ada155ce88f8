package dev.ringshard.internal.handover;

import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.CorruptionException;
import dev.ringshard.internal.ownership.ArrivedRangeTable;
import dev.ringshard.internal.ownership.DepartedRange;
import dev.ringshard.internal.ownership.DepartedRangeTable;
import dev.ringshard.internal.ownership.OwnedRange;
import dev.ringshard.internal.ownership.OwnedRangeTable;
import dev.ringshard.internal.ownership.ShardRanges;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.ShardTransaction;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.status.RecoveryProgress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** Deletes the rows that handovers have left behind, once it is proven that they arrived. Thread-safe. */
final class Purge {
    private static final int PURGE_BATCH = 10_000;

    private final Shards shards;
    private final List<ShardedTable> tables;
    private final Optional<Duration> purgeAfter;
    private final LogMarks marks;

    /** As {@link Recovery#Recovery}. */
    Purge(Shards shards, List<ShardedTable> tables, Optional<Duration> purgeAfter, LogMarks marks) {
        this.shards = shards;
        this.tables = tables;
        this.purgeAfter = purgeAfter;
        this.marks = marks;
    }

    /** As {@link Recovery#purge}. */
    int run(Shard source, List<TokenRange> ranges, RecoveryProgress progress, RecoveryRound round) {
        int purged = 0;
        long rows = 0;
        List<DepartedRange> all = provenArrived(source, departed(source, ranges), round);
        round.attempt(() -> marks.noteBeforePurge(source, all), false);
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
     * Those that have demonstrably arrived where they went, and that a shard owns now.
     *
     * <p>INVARIANT: an owner alone is no proof, and neither is its epoch. One that was set back in time may own what it gave
     * away since, and its epochs rise like all others.
     */
    private List<DepartedRange> provenArrived(Shard source, List<DepartedRange> departed, RecoveryRound round) {
        List<DepartedRange> proven = new ArrayList<>();
        departed.stream().collect(Collectors.groupingBy(DepartedRange::target)).forEach((target, all) -> shards.find(
                        target)
                .ifPresentOrElse(
                        took -> proven.addAll(round.attempt(() -> provenArrived(source, took, all, round), List.of())),
                        () -> all.stream()
                                .filter(one -> round.isOwned(one.range(), one.epoch()))
                                .forEach(proven::add)));
        return proven;
    }

    private List<DepartedRange> provenArrived(
            Shard source, Shard target, List<DepartedRange> departed, RecoveryRound round) {
        TokenRange hull =
                ChunkStaging.hull(departed.stream().map(DepartedRange::range).toList());
        Holding holding = Objects.requireNonNull(target.snapshot(looking -> new Holding(
                ArrivedRangeTable.overlapping(looking.dsl(), hull),
                OwnedRangeTable.overlapping(looking.dsl(), hull),
                purgeAfter.orElse(
                        target.dialect().hasLaggingStandby(looking.connection())
                                ? RingshardConfig.PURGE_AFTER_WITH_STANDBY
                                : Duration.ZERO))));
        return departedBefore(source, departed, holding.purgeAfter).stream()
                .filter(one -> ShardRanges.covers(one.range(), holding.arrived, one.epoch()))
                .filter(one ->
                        ShardRanges.covers(one.range(), holding.owned, one.epoch()) || round.isOwned(one.range(), 0))
                .toList();
    }

    /** Those that left so long ago, by the source's own clock. */
    private static List<DepartedRange> departedBefore(Shard source, List<DepartedRange> departed, Duration age) {
        if (age.isZero()) {
            return departed;
        }
        List<DepartedRange> longAgo =
                Objects.requireNonNull(source.snapshot(looking -> DepartedRangeTable.all(looking.dsl(), age)));
        return departed.stream().filter(longAgo::contains).toList();
    }

    private record Holding(List<OwnedRange> arrived, List<OwnedRange> owned, Duration purgeAfter) {}

    /**
     * Deletes a batch of rows that left.
     *
     * <p>INVARIANT: the record is held from the look to the deletion. The range may come back, and staging removes the
     * record: a purge that looked before and deleted after would destroy live rows.
     *
     * @return whether there may be more
     */
    private boolean purgeBatch(Shard source, DepartedRange departed) {
        try (ShardTransaction transaction = source.beginTidying(Finisher.LOCK_TIMEOUT)) {
            boolean more = transaction.run(purging -> {
                if (DepartedRangeTable.lock(purging.dsl(), departed).isEmpty()) {
                    return false;
                }
                refuseToDeleteLiveRows(purging, departed);
                FencedTables.requireFenced(purging, tables);
                for (ShardedTable table : FencedTables.childrenFirst(tables)) {
                    if (deleteBatch(purging, table, departed.range()) >= PURGE_BATCH) {
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

    /** Staging removes the record before the shard can own the range again; a change by hand does not. */
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
