package dev.ringshard.rebalance;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.ContentionException;
import dev.ringshard.ownership.Finisher;
import dev.ringshard.ownership.HandoverTables;
import dev.ringshard.ownership.HandoverTables.Departed;
import dev.ringshard.ownership.HandoverTables.Incoming;
import dev.ringshard.ownership.OwnedRange;
import dev.ringshard.ownership.OwnershipTables;
import dev.ringshard.ownership.Stripes;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.shard.Shard;
import dev.ringshard.shard.ShardTransaction;
import dev.ringshard.shard.Shards;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tidies up after movers that died: finishes committed handovers, drops staged copies that no live attempt owns, and
 * deletes rows that were left behind. Safe beside live movers, and beside others that recover.
 */
public final class Recovery {
    private static final Logger log = LoggerFactory.getLogger(Recovery.class);
    private static final Duration SOURCE_LOCK_TIMEOUT = Duration.ofMillis(50);
    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(5);
    private static final int PURGE_BATCH = 1000;

    private final Shards shards;
    private final List<ShardedTable> tables;

    /** @param tables those that others refer to first */
    Recovery(Shards shards, List<ShardedTable> tables) {
        this.shards = shards;
        this.tables = List.copyOf(tables);
    }

    /**
     * What was tidied up.
     *
     * @param finished committed handovers that were met
     * @param dropped staged copies that nobody would have activated
     * @param purged ranges whose rows were deleted
     */
    public record Recovered(int finished, int dropped, int purged) {}

    /** All of it, on all shards. */
    Recovered run() {
        int finished = 0;
        for (Shard source : members()) {
            finished += Finisher.finish(source, shards::find);
        }
        int dropped = 0;
        int purged = 0;
        for (Shard shard : members()) {
            dropped += drop(shard);
            purged += purge(shard);
        }
        return new Recovered(finished, dropped, purged);
    }

    private List<Shard> members() {
        return shards.all().stream()
                .filter(shard -> OwnershipTables.report(shard).membership().isPresent())
                .toList();
    }

    private int drop(Shard target) {
        int dropped = 0;
        for (Incoming incoming : target.snapshot(looking -> HandoverTables.incoming(looking.dsl()))) {
            if (outdateAttempt(incoming) && drop(target, incoming)) {
                dropped++;
            }
        }
        return dropped;
    }

    /**
     * Makes sure that the attempt which staged a copy cannot hand it over any more; false if it may be alive, or has
     * handed over already and wants finishing.
     *
     * <p>INVARIANT: the look for a committed handover comes after the epoch was raised. Before, the attempt could still
     * commit one.
     */
    private boolean outdateAttempt(Incoming incoming) {
        Shard source = shards.find(incoming.source()).orElse(null);
        if (source == null) {
            return false;
        }
        try (ShardTransaction transaction = source.beginMove(SOURCE_LOCK_TIMEOUT)) {
            transaction.run(outdating -> {
                HandoverTables.outdate(outdating.dsl(), incoming.range());
                return true;
            });
            transaction.commit();
        } catch (ContentionException alive) {
            return false;
        }
        return source.snapshot(looking -> HandoverTables.committed(looking.dsl())).stream()
                .noneMatch(handover ->
                        handover.epoch() == incoming.epoch() && handover.range().equals(incoming.range()));
    }

    private boolean drop(Shard target, Incoming incoming) {
        try (ShardTransaction transaction = target.beginMove(LOCK_TIMEOUT)) {
            boolean dropped = transaction.run(dropping -> {
                HandoverTables.holdStaging(dropping.dsl());
                if (!HandoverTables.deleteIncoming(dropping.dsl(), incoming)) {
                    return false;
                }
                for (int i = tables.size() - 1; i >= 0; i--) {
                    dropping.dsl()
                            .execute("DELETE FROM " + tables.get(i).name() + " WHERE "
                                    + TableColumns.within(List.of(incoming.range())));
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
    void mergeRows(Shard shard) {
        List<OwnedRange> owned =
                Objects.requireNonNull(shard.snapshot(looking -> OwnershipTables.owned(looking.dsl())));
        for (List<OwnedRange> neighbours : Stripes.mergeable(owned)) {
            try (ShardTransaction transaction = shard.beginMove(SOURCE_LOCK_TIMEOUT)) {
                transaction.runWithin(SOURCE_LOCK_TIMEOUT, merging -> HandoverTables.merge(merging.dsl(), neighbours));
                transaction.commit();
            } catch (ContentionException busy) {
                log.debug("Rows of {} are merged another time", shard, busy);
            }
        }
    }

    /** Deletes what was left behind on a shard; returns how many ranges are clean now. */
    int purge(Shard source) {
        return purge(source, List.of(TokenRange.ALL));
    }

    /** As {@link #purge(Shard)}, of what lies within these ranges. */
    int purge(Shard source, List<TokenRange> ranges) {
        int purged = 0;
        for (Departed departed : departed(source, ranges)) {
            while (purgeBatch(source, departed)) {
                // the next batch
            }
            purged++;
        }
        return purged;
    }

    private static List<Departed> departed(Shard source, List<TokenRange> ranges) {
        List<Departed> departed =
                Objects.requireNonNull(source.snapshot(looking -> HandoverTables.departed(looking.dsl())));
        return departed.stream()
                .filter(one -> ranges.stream().anyMatch(range -> range.contains(one.range())))
                .toList();
    }

    /**
     * Deletes a batch of rows that left.
     *
     * <p>INVARIANT: the record is held from the look to the deletion. The range may come back, and staging removes the
     * record: whoever looked before and deleted after would destroy live rows.
     *
     * @return whether there may be more
     */
    private boolean purgeBatch(Shard source, Departed departed) {
        try (ShardTransaction transaction = source.beginMove(LOCK_TIMEOUT)) {
            boolean more = transaction.run(purging -> {
                if (HandoverTables.lockDeparted(purging.dsl(), departed).isEmpty()) {
                    return false;
                }
                for (int i = tables.size() - 1; i >= 0; i--) {
                    if (deleteBatch(purging, tables.get(i), departed.range()) == PURGE_BATCH) {
                        return true;
                    }
                }
                HandoverTables.deleteDeparted(purging.dsl(), departed);
                return false;
            });
            transaction.commit();
            return more;
        }
    }

    private static int deleteBatch(ShardTransaction shard, ShardedTable table, TokenRange range) {
        return shard.dsl()
                .execute(shard.shard()
                        .dialect()
                        .deleteBatch(table.name(), TableColumns.within(List.of(range)), PURGE_BATCH));
    }
}
