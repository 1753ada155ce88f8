package dev.ringshard.internal.schema;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.config.TablesConfig;
import dev.ringshard.failure.ConfigurationException;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.failure.SqlFailedException;
import dev.ringshard.internal.copies.ReferenceHolders;
import dev.ringshard.internal.ownership.Membership;
import dev.ringshard.internal.ownership.MembershipTable;
import dev.ringshard.internal.ownership.MigrationHistory;
import dev.ringshard.internal.shard.FailureKind;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.tables.Catalog;
import dev.ringshard.internal.tables.SchemaComparison;
import dev.ringshard.ring.KeyHash;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Lets a database take part in a cluster that is there already. */
public final class ShardJoin {
    private ShardJoin() {}

    /**
     * Brings the database to the cluster's schema, and makes it a member that owns nothing. Repeating it changes nothing;
     * two at once meet on the primary key.
     *
     * @param hash of the ring, by the configuration
     * @param members the shards that take part, at least one; the newcomer learns from the first what the cluster was founded with
     * @param holders of the reference tables of all shards; it gets their rows before it is a member
     * @throws ForeignShardException if the database belongs to another cluster, or is another shard, or has sharded tables
     *     that cannot be moved, or could not be given the rows of a reference table
     * @throws SqlFailedException if a migration failed
     * @throws ConfigurationException if Flyway is not on the class path
     */
    public static void join(
            Shard newcomer, List<Shard> members, KeyHash hash, ApplicationSchema schema, ReferenceHolders holders) {
        Shard member = members.get(0);
        ShardSchema.requireArtifacts(List.of(newcomer.dialect().kind()));
        Membership known = Objects.requireNonNull(member.snapshot(
                transaction -> MembershipTable.find(transaction.dsl()).orElseThrow()));
        SchemaComparison.requireSameEncoding(member, newcomer);
        requireTables(newcomer, member, schema.own());
        requireWholeHistory(newcomer, member, schema.own());
        ShardSchema.bring(newcomer, schema);
        ShardNumbers.claim(newcomer, members);
        if (!schema.reference().isEmpty()) {
            new SchemaComparison(schema.sharded(), schema.reference(), schema.histories())
                    .requireAlike(member, newcomer);
        }
        holders.join(newcomer);
        try {
            newcomer.transaction(transaction -> {
                Optional<Membership> stored = MembershipTable.lock(transaction.dsl());
                if (stored.isEmpty()) {
                    MembershipTable.insert(transaction.dsl(), known.joining(newcomer.name()));
                } else {
                    stored.get().verify(known.cluster(), newcomer.name(), hash);
                    stored.get().requireFounded();
                }
                return true;
            });
        } catch (RuntimeException failure) {
            if (FailureKind.of(failure) != FailureKind.DUPLICATE) {
                throw failure;
            }
            join(newcomer, members, hash, schema, holders);
        }
    }

    /** Where no migration makes them, an empty database can only get them from elsewhere. */
    private static void requireTables(Shard newcomer, Shard member, TablesConfig tables) {
        if (tables.migrations().isEmpty() && isWithoutAny(newcomer, tables)) {
            throw ForeignShardException.ofTables("""
                    Shard %1$s has none of the sharded tables, and tables.migrations names nothing that makes them. Nothing was changed. \
                    Let the schema be copied (rebalance --schema-from %2$s), or make the tables there.""".formatted(newcomer.name(), member.name()), null);
        }
    }

    /** Whether a database has none of the sharded tables that are declared, though some are. */
    public static boolean isWithoutAny(Shard shard, TablesConfig tables) {
        return !tables.sharded().isEmpty()
                && shard.snapshot(reading -> {
                    Catalog catalog = Catalog.of(reading);
                    for (ShardedTable table : tables.sharded()) {
                        if (catalog.isThere(table)) {
                            return false;
                        }
                    }
                    return true;
                });
    }

    /** Where Flyway came to a database that had tables already, no migration may make those. */
    private static void requireWholeHistory(Shard newcomer, Shard member, TablesConfig tables) {
        MigrationHistory history = MigrationHistory.ofApplication(tables.historyTable());
        Optional<String> baseline = tables.migrations().isEmpty()
                ? Optional.empty()
                : member.snapshot(reading -> history.baseline(reading.dsl()));
        if (baseline.isEmpty()
                || !newcomer.snapshot(reading -> history.version(reading.dsl())).equals("none")
                || Migrations.reachBackTo(newcomer, tables, baseline.get())) {
            return;
        }
        throw ForeignShardException.ofTables("""
                Shard %1$s cannot be given its tables by tables.migrations: on %2$s, Flyway's history begins with a baseline at version \
                %3$s, and none of the migrations makes what was there before. Nothing was changed. Let the schema be copied (rebalance \
                --schema-from %2$s), or add the scripts up to that version.""".formatted(newcomer.name(), member.name(), baseline.get()), null);
    }
}
