package dev.ringshard.internal.ownership;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.internal.shard.DatabaseServer;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.ShardTransaction;
import dev.ringshard.ring.KeyHash;
import dev.ringshard.status.TableRows;
import dev.ringshard.status.WatchStatus;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jooq.DSLContext;

/**
 * All that one shard says of itself, in one snapshot.
 *
 * @param membership empty if the database has not been initialised
 * @param schemaVersion empty if it was never migrated
 * @param rows of the sharded tables that were to be counted and are there
 * @param fenced the names of the tables that are fenced
 * @param watches that rebalance by themselves, as far as they told this shard
 * @param reference what it holds of each reference table, by schema, a dot, and name
 */
public record ShardReading(
        DatabaseServer server,
        Optional<Membership> membership,
        Optional<SchemaVersion> schemaVersion,
        ShardRanges ranges,
        List<TableRows> rows,
        List<String> fenced,
        List<WatchStatus> watches,
        Map<String, ReferenceState> reference) {

    public ShardReading {
        rows = List.copyOf(rows);
        fenced = List.copyOf(fenced);
        watches = List.copyOf(watches);
        reference = Map.copyOf(reference);
    }

    /** Asks a shard; counts no rows. */
    public static ShardReading of(Shard shard) {
        return of(shard, List.of());
    }

    /** Asks a shard, and counts the rows of some tables. */
    public static ShardReading of(Shard shard, List<ShardedTable> counted) {
        return shard.snapshot(reading -> of(reading, counted));
    }

    /** As {@link #of(Shard, List)}, also if it is a standby, which {@link #requirePrimary} then refuses. */
    public static ShardReading ofAnyServer(Shard shard, List<ShardedTable> counted) {
        return shard.snapshotOfAnyServer(reading -> of(reading, counted));
    }

    /** As {@link #of(Shard, List)}, in the caller's snapshot. */
    public static ShardReading of(ShardTransaction reading, List<ShardedTable> counted) throws SQLException {
        DatabaseServer server = DatabaseServer.of(reading);
        DSLContext dsl = reading.dsl();
        if (!SchemaHistory.isMigrated(dsl)) {
            return withoutRanges(server, Optional.empty(), Optional.empty());
        }
        SchemaVersion version = SchemaVersion.of(dsl);
        if (version.isOlder()) { // its tables may lack what is read below
            return withoutRanges(server, MembershipTable.find(dsl), Optional.of(version));
        }
        return new ShardReading(
                server,
                MembershipTable.find(dsl),
                Optional.of(version),
                ShardRanges.of(dsl),
                RowCounts.of(reading, counted),
                ShardedTableTable.all(dsl).stream()
                        .map(table -> (table.schema() + "." + table.table()).toLowerCase(Locale.ROOT))
                        .toList(),
                RebalanceWatchTable.all(dsl),
                ReferenceTableTable.all(dsl));
    }

    private static ShardReading withoutRanges(
            DatabaseServer server, Optional<Membership> membership, Optional<SchemaVersion> version) {
        return new ShardReading(
                server, membership, version, ShardRanges.NONE, List.of(), List.of(), List.of(), Map.of());
    }

    /** Whether the database has not been initialised. */
    public boolean isNew() {
        return membership.isEmpty();
    }

    /** What an init, or a shard's joining, that was interrupted has left on a database that takes no part yet. */
    public Optional<String> halfDone(String shard) {
        if (!isNew() || schemaVersion.isEmpty()) {
            return Optional.empty();
        }
        String written = fenced.isEmpty()
                ? ""
                : ", and %s %s fenced, so that nobody can write to %s"
                        .formatted(
                                String.join(", ", fenced),
                                fenced.size() == 1 ? "is" : "are",
                                fenced.size() == 1 ? "it" : "them");
        return Optional.of(
                "Shard %s takes no part yet: what was to bring it into the cluster was interrupted. Its database is migrated%s. Nothing is lost; repeating it with the same configuration finishes what was begun."
                        .formatted(shard, written));
    }

    /**
     * That none of a cluster's databases takes part in it.
     *
     * @param answers of all that are configured, by their names
     */
    public static ForeignShardException withoutMembers(String cluster, Map<String, ShardReading> answers) {
        String halfDone = answers.entrySet().stream()
                .flatMap(said -> said.getValue().halfDone(said.getKey()).stream())
                .map(sentence -> sentence + " ")
                .collect(Collectors.joining());
        return ForeignShardException.withoutInit("""
                Cluster %s is not initialised: none of its %d databases takes part in a cluster. Nothing was written. \
                %sRun init.""".formatted(cluster, answers.size(), halfDone));
    }

    /**
     * Checks that a database is new, or is the shard that the configuration means and takes part.
     *
     * @throws ForeignShardException if it is another one or a standby, its schema has another version, or its founding is
     *     unfinished
     */
    public void requirePart(String cluster, KeyHash hash, String shard) {
        requirePrimary(shard);
        if (!isNew()) {
            requireIdentity(cluster, hash, shard);
            requireOurVersion(shard);
            membership.orElseThrow().requireFounded();
        }
    }

    /**
     * Checks that a database is no standby: what one says of ownership may be old.
     *
     * @throws ForeignShardException if it is
     */
    public void requirePrimary(String shard) {
        if (server.isStandby()) {
            throw new ForeignShardException("""
                    Shard %s is configured with a standby, which follows another database and may be behind it. Nothing was \
                    read from it or written. Give its url the primary, for example by targetServerType=primary.""".formatted(shard));
        }
    }

    /**
     * Checks that a database that has been initialised is the shard that the configuration means.
     *
     * @throws ForeignShardException if it is another one
     */
    public void requireIdentity(String cluster, KeyHash hash, String shard) {
        membership.orElseThrow().verify(cluster, shard, hash);
    }

    /**
     * Checks that a database that has been initialised is at the version that this library works with.
     *
     * @throws ForeignShardException if it is not
     */
    public void requireOurVersion(String shard) {
        schemaVersion.orElseThrow().requireOurs(shard);
    }
}
