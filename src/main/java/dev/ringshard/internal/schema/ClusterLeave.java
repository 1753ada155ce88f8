package dev.ringshard.internal.schema;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.internal.ownership.Founding;
import dev.ringshard.internal.ownership.Leaving;
import dev.ringshard.internal.ownership.Membership;
import dev.ringshard.internal.ownership.MembershipState;
import dev.ringshard.internal.ownership.MembershipTable;
import dev.ringshard.internal.ownership.OwnedRangeTable;
import dev.ringshard.internal.ownership.SchemaHistory;
import dev.ringshard.internal.shard.PostgresRemoval;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.ShardTransaction;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.internal.shard.ShortLocks;
import dev.ringshard.internal.tables.Catalog;
import dev.ringshard.internal.tables.SchemaComparison;
import dev.ringshard.ring.TokenMap;
import dev.ringshard.status.LeaveOutcome;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Takes Ringshard out of a database that is a cluster by itself, while applications work: the database is as it was before
 * {@link ClusterInit}, but for the rows.
 *
 * <p>INVARIANT: no fence is taken off as long as anything can move. The shard notes that it {@linkplain Leaving leaves} in the same
 * transaction in which it is found to own everything; from then on no mover can change who owns what, until {@code init} takes that
 * back. What identifies the shard is dropped last, so that a call that was killed anywhere is finished by the next.
 */
public final class ClusterLeave {
    private final String cluster;
    private final Founding founding;
    private final ApplicationSchema schema;
    private final Shard shard;
    private final PostgresRemoval removal;

    /**
     * @param cluster the one that is left
     * @param shards all that are configured
     * @throws InvalidInputException if there are several, or it is not on PostgreSQL
     */
    public ClusterLeave(String cluster, Founding founding, ApplicationSchema schema, Shards shards) {
        this.cluster = cluster;
        this.founding = founding;
        this.schema = schema;
        if (shards.all().size() > 1) {
            throw new InvalidInputException("""
                    Cluster %s has %d shards by its configuration, and only a single one that owns everything can leave. Nothing was \
                    changed. Give all others weight: 0 and rebalance, and take them out of the configuration once they own nothing.""".formatted(cluster, shards.all().size()));
        }
        this.shard = shards.all().iterator().next();
        this.removal = shard.dialect()
                .removal()
                .orElseThrow(() -> new InvalidInputException(
                        """
                        Shard %s is on %s, and only a database of PostgreSQL can leave. Nothing was changed.""".formatted(shard.name(), shard.dialect().kind())));
    }

    /**
     * What {@link #run} would drop; changes nothing.
     *
     * @throws ForeignShardException if it would refuse
     */
    public LeaveOutcome plan() {
        return shard.snapshot(reading -> {
            LeaveOutcome found = found(reading);
            if (found.hasSchema()) {
                requireAlone(reading);
            }
            return found;
        });
    }

    /**
     * Leaves. Repeating it after it was interrupted finishes it; repeating it then changes nothing.
     *
     * @param progress told what is done, and for whom it waits
     * @return what was dropped now
     * @throws ForeignShardException if the shard does not own everything, or something of the application's uses what would be
     *     dropped; nothing was changed
     */
    public LeaveOutcome run(Consumer<String> progress) {
        LeaveOutcome found = plan();
        if (found.hasSchema() && shard.snapshot(reading -> SchemaHistory.isMigrated(reading.dsl()))) {
            progress.accept("seeing to it that nothing moves any more");
            ShortLocks.take(
                    shard,
                    OwnedRangeTable.NAME,
                    false,
                    progress,
                    () -> shard.transaction(leaving -> {
                        Leaving.begin(leaving.dsl());
                        requireAlone(leaving);
                        return true;
                    }));
        }
        for (String table : found.fenced()) {
            progress.accept("taking the fence off " + table);
            ShortLocks.take(
                    shard,
                    table,
                    true,
                    progress,
                    () -> shard.transaction(opening -> {
                        removal.takeOffFence(opening.dsl(), table);
                        return true;
                    }));
        }
        for (String index : found.indexes()) {
            progress.accept("dropping the index " + index);
            shard.autocommit(connection -> {
                removal.dropIndex(connection, shard.dialect().dsl(connection), index);
                return true;
            });
        }
        progress.accept("dropping the schema ringshard");
        ShortLocks.take(
                shard,
                OwnedRangeTable.NAME,
                true,
                progress,
                () -> shard.transaction(dropping -> {
                    requireNothingElse(dropping);
                    removal.dropSchema(dropping.dsl());
                    return true;
                }));
        return found;
    }

    private LeaveOutcome found(ShardTransaction reading) throws SQLException {
        Catalog catalog = Catalog.of(reading);
        List<String> kept = new ArrayList<>();
        for (ShippedMigrations shipped : schema.shipped()) {
            for (ShardedTable table : shipped.tables()) {
                if (catalog.isThere(table)) {
                    kept.add(table.name());
                }
            }
        }
        return new LeaveOutcome(
                shard.name(),
                List.copyOf(removal.fenced(reading.connection())),
                List.copyOf(removal.indexes(reading.connection())),
                catalog.hasSchema(SchemaHistory.SCHEMA),
                kept);
    }

    private void requireAlone(ShardTransaction transaction) throws SQLException {
        requireNothingElse(transaction);
        Optional<Membership> membership = SchemaHistory.isMigrated(transaction.dsl())
                ? MembershipTable.find(transaction.dsl())
                : Optional.empty();
        if (membership.isEmpty()) {
            return; // an init that was interrupted before any shard could own anything
        }
        membership.get().verify(cluster, shard.name(), founding.hash());
        if (membership.get().state() == MembershipState.FOUNDING) {
            requireFoundedAlone(membership.get());
            return;
        }
        Optional<String> leftover = Leaving.leftover(transaction.dsl());
        if (leftover.isPresent()) {
            throw refusal(leftover.get() + ". Run recover first, or wait for the rebalance");
        }
        boolean ownsAll = TokenMap.of(OwnedRangeTable.all(transaction.dsl()).stream()
                        .map(owned -> new TokenMap.Entry<>(owned.range(), shard.name()))
                        .toList())
                .isComplete();
        if (!ownsAll) {
            throw refusal(
                    "it does not own the whole ring: other shards hold rows of the cluster. Put them back into the configuration with weight: 0, and rebalance");
        }
    }

    private void requireFoundedAlone(Membership founder) {
        if (!founder.founding().equals(founding.text())) {
            throw refusal(
                    "it was prepared for another founding than the configured one, perhaps with other shards. Run init with the configuration that it was begun with");
        }
    }

    private void requireNothingElse(ShardTransaction transaction) throws SQLException {
        Set<String> dependents = removal.dependents(transaction.connection());
        if (!dependents.isEmpty()) {
            throw ForeignShardException.ofTables(
                    "Shard %s cannot leave: what is to be dropped is used by others. Drop them first, or change what they use; then repeat.%s"
                            .formatted(shard.name(), SchemaComparison.listed(List.copyOf(dependents))),
                    null);
        }
    }

    private ForeignShardException refusal(String reason) {
        return new ForeignShardException(
                "Shard %s cannot leave: %s. Nothing was dropped.".formatted(shard.name(), reason));
    }
}
