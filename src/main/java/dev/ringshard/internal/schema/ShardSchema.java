package dev.ringshard.internal.schema;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.ConfigurationException;
import dev.ringshard.failure.ContentionException;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.failure.SqlFailedException;
import dev.ringshard.internal.artifacts.OptionalArtifact;
import dev.ringshard.internal.fence.ReferenceFence;
import dev.ringshard.internal.fence.TableFence;
import dev.ringshard.internal.fence.TokenIndex;
import dev.ringshard.internal.ownership.Leaving;
import dev.ringshard.internal.ownership.Membership;
import dev.ringshard.internal.ownership.MembershipTable;
import dev.ringshard.internal.ownership.OwnedRangeTable;
import dev.ringshard.internal.ownership.ReferenceTableTable;
import dev.ringshard.internal.ownership.SchemaHistory;
import dev.ringshard.internal.ownership.ShardedTableTable;
import dev.ringshard.internal.ownership.ShardedTableTable.FencedTable;
import dev.ringshard.internal.ownership.StrayRows;
import dev.ringshard.internal.shard.Dialect;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.ShardTransaction;
import dev.ringshard.internal.tables.Catalog;
import dev.ringshard.internal.tables.CrossingForeignKeys;
import dev.ringshard.internal.tables.ReferenceRules;
import dev.ringshard.internal.tables.SchemaComparison;
import dev.ringshard.internal.tables.TableName;
import dev.ringshard.internal.tables.TableRules;
import dev.ringshard.ring.KeyType;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Brings one shard to the schema that its cluster works with. */
public final class ShardSchema {
    private ShardSchema() {}

    /**
     * To be asked before shards of these kinds are brought to a schema.
     *
     * @throws ConfigurationException if Flyway, or a driver, is not on the class path, naming all that is missing
     */
    public static void requireArtifacts(Collection<DatabaseKind> kinds) {
        OptionalArtifact.require(Stream.concat(
                        kinds.stream().map(Dialect::driverOf),
                        kinds.stream().flatMap(kind -> Dialect.flywayOf(kind).stream()))
                .toList());
    }

    /** {@link #migrate Migrates}, {@link #index indexes} and {@link #fence fences}, of one shard, which is to join a cluster. */
    public static Brought bring(Shard shard, ApplicationSchema schema) {
        return shard.dialect().defining(() -> {
            Brought brought = migrate(shard, schema);
            index(shard, schema.sharded(), howFar -> {});
            requireNoStrays(shard, schema.sharded());
            fence(shard, schema, howFar -> {});
            return brought;
        });
    }

    /**
     * Runs the migrations that are new, Ringshard's own, and those of the applications' tables; and checks that
     * the sharded tables can be fenced and moved. Repeating it changes nothing. Hands out no ownership.
     *
     * @throws SqlFailedException if a migration failed
     * @throws ForeignShardException if a sharded table breaks a rule, with all that is wrong on the shard; migrations stay
     *     done, and no table was fenced
     */
    public static Brought migrate(Shard shard, ApplicationSchema schema) {
        requireOwnSession(shard);
        int migrations = Migrations.migrate(shard);
        for (ShippedMigrations shipped : schema.shipped()) {
            migrations += Migrations.migrate(shard, shipped);
        }
        migrations += Migrations.migrate(shard, schema.own(), schema.shipped());
        KeyType keyType = shard.dialect().defining(() -> requireRules(shard, schema));
        return new Brought(migrations, keyType);
    }

    /** Flyway sets the search path of its session, and sets it back if it gets that far. */
    private static void requireOwnSession(Shard shard) {
        if (shard.read(shard.dialect()::isPooled)) {
            throw new SqlFailedException("""
                    Shard %s is reached through a connection pooler, such as PgBouncer, where what a migration sets for its \
                    session could reach other clients. Nothing was done. Give this command the database's own address; whatever \
                    else Ringshard does may go through the pooler.""".formatted(shard.name()));
        }
    }

    /**
     * Indexes by token the sharded tables of a shard that is {@linkplain #migrate migrated}: those that are not, and need it. Beside
     * the work of applications, for as long as it takes.
     *
     * @param progress told now and then, by another thread, how far it is
     * @return the names of those that were not
     */
    public static List<String> index(Shard shard, List<ShardedTable> tables, Consumer<String> progress) {
        return shard.dialect().defining(() -> tables.stream()
                .filter(table -> TokenIndex.put(shard, table, progress))
                .map(ShardedTable::name)
                .toList());
    }

    /**
     * Fences the sharded tables and the reference tables of a shard that is {@linkplain #migrate migrated}: those that are not.
     *
     * @param progress told for whom it waits
     * @return the names of those that were not
     * @throws ContentionException if another session held a table that was to be fenced for too long; those before it are fenced;
     *     repeat the call
     */
    public static List<String> fence(Shard shard, ApplicationSchema schema, Consumer<String> progress) {
        List<ShardedTable> tables = schema.sharded();
        boolean needsFence =
                shard.snapshot(reading -> !OwnedRangeTable.all(reading.dsl()).isEmpty()
                        && !TableFence.unfenced(reading, tables).isEmpty());
        if (shard.snapshot(reading -> Leaving.isBegun(reading.dsl()))) {
            shard.transaction(back -> {
                Leaving.end(back.dsl());
                return true;
            });
        }
        if (needsFence) {
            TokenIndex.outwaitSnapshots(shard, progress);
        }
        List<String> fenced = new ArrayList<>();
        for (ShardedTable table : tables) {
            TableName name = shard.snapshot(reading -> Catalog.of(reading).name(table));
            if (TableFence.put(shard, table, name.schema(), name.table(), progress)) {
                fenced.add(table.name());
            }
        }
        for (String table : schema.reference()) {
            TableName name = shard.snapshot(reading -> Catalog.of(reading).name(table));
            if (ReferenceFence.put(shard, table, name.schema(), name.table(), progress)) {
                fenced.add(table);
            }
        }
        return fenced;
    }

    /**
     * Requires of a shard that takes part, or is to, and whose tables are not all fenced, that none has rows which it does not own.
     *
     * @throws ForeignShardException if one has; no table was fenced
     */
    static void requireNoStrays(Shard shard, List<ShardedTable> tables) {
        List<String> strays = shard.snapshot(reading -> {
            shard.dialect().transactions().limitStatements(reading.connection(), Duration.ZERO);
            List<ShardedTable> unfenced = TableFence.unfenced(reading, tables);
            return unfenced.isEmpty() ? List.<String>of() : StrayRows.find(reading, unfenced);
        });
        if (!strays.isEmpty()) {
            throw ForeignShardException.ofTables(
                    "Shard %s has rows that are not its own. Its migrations are done; no table was fenced, and nothing was moved or deleted. Mend this, then repeat.%s"
                            .formatted(shard.name(), SchemaComparison.listed(strays)),
                    null);
        }
    }

    /**
     * What would keep {@link #migrate} from a shard that takes no part yet, as far as that can be known before. Of tables that
     * migrations of the application make or change, nothing can.
     *
     * @return what to tell, with all of it; empty if nothing would
     */
    public static Optional<String> foreseen(Shard shard, ApplicationSchema schema) {
        boolean isWithFlyway = Dialect.flywayOf(shard.dialect().kind()).stream().allMatch(OptionalArtifact::isPresent);
        boolean areMade =
                schema.own().migrations().isEmpty() || (isWithFlyway && Migrations.areDone(shard, schema.own()));
        List<String> problems = shard.snapshot(reading -> {
            Catalog catalog = Catalog.of(reading);
            List<String> found = new ArrayList<>();
            List<ShardedTable> known = new ArrayList<>(schema.sharded());
            for (ShardedTable table : schema.outbox()) {
                if (!catalog.isThere(table)) {
                    known.remove(table); // our own migrations will make it
                }
            }
            for (ShippedMigrations shipped : schema.shipped()) {
                if (shipped.history().version(reading.dsl()).equals("none")) {
                    found.addAll(inTheWay(catalog, shipped));
                    known.removeAll(shipped.tables());
                }
            }
            if (areMade) {
                found.addAll(TableRules.check(catalog, known).problems());
                found.addAll(ReferenceRules.check(catalog, schema.reference()));
            }
            return found;
        });
        return problems.isEmpty()
                ? Optional.empty()
                : Optional.of("Shard %s cannot be initialised as it is. Nothing was changed. Mend this first.%s"
                        .formatted(shard.name(), SchemaComparison.listed(problems)));
    }

    private static List<String> inTheWay(Catalog catalog, ShippedMigrations shipped) throws SQLException {
        List<String> found = new ArrayList<>();
        for (ShardedTable table : shipped.tables()) {
            if (catalog.isThere(table)) {
                found.add("%s is there already, where that of %s is to be. %s"
                        .formatted(table.name(), shipped.application(), shipped.besideOthers()));
            }
        }
        return found;
    }

    /**
     * Takes a table from under the fence of reference tables; its rows stay, and no shard gets those of others any more.
     *
     * @param progress told for whom it waits
     * @return whether it was under it
     */
    public static boolean release(Shard shard, String table, Consumer<String> progress) {
        Optional<TableName> fenced = shard.snapshot(reading -> {
            TableName name = Catalog.of(reading).name(table);
            return SchemaHistory.isMigrated(reading.dsl())
                    ? ReferenceTableTable.find(reading.dsl(), name.schema(), name.table())
                            .map(state -> name)
                    : Optional.empty();
        });
        fenced.ifPresent(name -> ReferenceFence.takeOff(shard, name.schema(), name.table(), progress));
        return fenced.isPresent();
    }

    /**
     * What became of a shard.
     *
     * @param migrations how many ran
     * @param keyType what the keys of its tables are
     */
    public record Brought(int migrations, KeyType keyType) {}

    /**
     * Requires that the fence is at work on every sharded table, that the database user may write and sees all rows, that
     * nothing acts on rows by itself when they are copied or purged, that no row refers to one of another token, and that there is
     * none that no shard owns. Reads the catalogs, and the tables of foreign keys that do not
     * hold the key.
     *
     * @throws ForeignShardException if not, with all that is wrong; nothing was moved
     */
    public static void requireMovable(Shard shard, List<ShardedTable> tables, List<String> reference) {
        List<String> problems = shard.snapshot(reading -> {
            shard.dialect()
                    .transactions()
                    .limitStatements(reading.connection(), Duration.ZERO); // it joins whole tables
            List<String> found = new ArrayList<>(problems(reading, tables, reference));
            if (shard.dialect().catalog().isReadOnlyByDefault(reading.connection())) {
                found.add(
                        "sessions of this database user are read only (default_transaction_read_only is on), and a mover writes: take that setting away, or give the mover another user.");
            }
            if (!found.isEmpty()) {
                return found;
            }
            for (ShardedTable table : tables) {
                shard.dialect()
                        .catalog()
                        .barsToMover(reading.connection(), table.name())
                        .forEach(bar -> found.add(table.name() + " " + bar.sentence()));
            }
            found.addAll(CrossingForeignKeys.find(reading, tables));
            if (found.isEmpty()) { // of a user who sees all rows
                found.addAll(StrayRows.find(reading, tables));
            }
            return found;
        });
        if (!problems.isEmpty()) {
            throw ForeignShardException.ofTables(
                    "Rows cannot move from or to shard %s. Nothing was moved.%s"
                            .formatted(shard.name(), SchemaComparison.listed(problems)),
                    null);
        }
    }

    /**
     * What is wrong with the sharded tables of a member: they are not there, not as they are declared, or not fenced. Reads the
     * catalogs only.
     *
     * @return what to tell, with all of it; empty if nothing is
     */
    public static Optional<String> problem(Shard shard, List<ShardedTable> tables, List<String> reference) {
        List<String> problems = shard.snapshot(reading -> problems(reading, tables, reference));
        return problems.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        "The tables of shard %s are not as they are configured. Nothing was changed. Correct tables in the configuration, or the tables themselves, then run init.%s"
                                .formatted(shard.name(), SchemaComparison.listed(problems)));
    }

    private static List<String> problems(ShardTransaction reading, List<ShardedTable> tables, List<String> reference)
            throws SQLException {
        Catalog catalog = Catalog.of(reading);
        TableRules rules = TableRules.check(catalog, tables);
        List<String> broken = Stream.concat(
                        rules.problems().stream(), ReferenceRules.check(catalog, reference).stream())
                .toList();
        if (!broken.isEmpty()) {
            return broken;
        }
        Optional<String> otherKeys =
                MembershipTable.find(reading.dsl()).flatMap(member -> otherKeys(member, rules.keyType()));
        if (otherKeys.isPresent()) {
            return List.of(otherKeys.get());
        }
        List<String> byOtherColumns = byOtherColumns(reading, tables, false);
        if (!byOtherColumns.isEmpty()) {
            return byOtherColumns;
        }
        if (Leaving.isBegun(reading.dsl())) {
            return List.of(
                    "it leaves the cluster, and that was not finished: run leave to its end, or init, which takes it back.");
        }
        Stream<String> unfenced = TableFence.unfenced(reading, tables).stream()
                .map(table ->
                        "%s is not fenced, its fence is disabled, or it has a trigger that comes after its fence: whoever writes to it could lose rows while they move. Run init, which puts the fence on."
                                .formatted(table.name()));
        Stream<String> open = ReferenceFence.unfenced(reading, reference).stream()
                .map(table ->
                        "%s is not under the fence of a reference table, or its trigger ringshard_reference is disabled: what is written to it would be on one shard only. Run init, which puts it on."
                                .formatted(table));
        return Stream.concat(unfenced, open).toList();
    }

    /**
     * Tables whose fence is at work by another column than the one that is declared now: rows live where the old one says.
     *
     * @param isToBeFenced whether the fence is to be put on anew, as is right where the column has another name now
     */
    private static List<String> byOtherColumns(
            ShardTransaction reading, List<ShardedTable> tables, boolean isToBeFenced) throws SQLException {
        Catalog catalog = Catalog.of(reading);
        Dialect dialect = reading.shard().dialect();
        List<String> found = new ArrayList<>();
        for (ShardedTable table : SchemaHistory.isMigrated(reading.dsl()) ? tables : List.<ShardedTable>of()) {
            TableName name = catalog.name(table);
            Optional<FencedTable> fenced = ShardedTableTable.find(reading.dsl(), name.schema(), name.table())
                    .filter(recorded -> !recorded.isByColumnOf(table, dialect))
                    .filter(recorded -> TableFence.isAtWork(reading, table));
            if (fenced.isPresent()) {
                String column = fenced.get().key().orElse(fenced.get().token()).toLowerCase(Locale.ROOT);
                if (catalog.hasColumn(name, column)) {
                    found.add(
                            "%1$s is fenced by its column %2$s, and its rows live where that says: declare %2$s again. To shard by another column, fill a new table."
                                    .formatted(table.name(), column));
                } else if (!isToBeFenced) {
                    found.add(
                            "%s is fenced by a column %s, which has another name now: run init, which puts the fence on anew."
                                    .formatted(table.name(), column));
                }
            }
        }
        return found;
    }

    /** What to say if a cluster has other keys than the tables that are declared; empty if they are alike. */
    static Optional<String> otherKeys(Membership membership, KeyType declared) {
        return membership.keyType() == declared
                ? Optional.empty()
                : Optional.of(
                        "The keys of cluster %s are %s, and those of the tables that are declared now are %s. All tables of a cluster share one type of key: correct tables.sharded."
                                .formatted(
                                        membership.cluster(),
                                        membership.keyType().described(),
                                        declared.described()));
    }

    /** What to say if an application that comes with Ringshard is new to a cluster whose keys are others than its own; empty if it fits. */
    public static Optional<String> otherKeysOfShipped(Shard shard, List<ShippedMigrations> all) {
        return shard.snapshot(reading -> SchemaHistory.isMigrated(reading.dsl())
                ? MembershipTable.find(reading.dsl()).flatMap(member -> all.stream()
                        .filter(shipped -> shipped.keys() != member.keyType())
                        .findFirst()
                        .map(shipped -> otherKeys(member, shipped)))
                : Optional.<String>empty());
    }

    private static String otherKeys(Membership member, ShippedMigrations shipped) {
        return "The keys of cluster %s are %s, and those of %s are %s, so that it cannot be in this cluster. Nothing was changed. Configure the cluster without it, as before."
                .formatted(
                        member.cluster(),
                        member.keyType().described(),
                        shipped.application(),
                        shipped.keys().described());
    }

    private static KeyType requireRules(Shard shard, ApplicationSchema schema) {
        List<ShardedTable> tables = schema.sharded();
        TableRules rules = shard.snapshot(reading -> TableRules.check(Catalog.of(reading), tables));
        List<String> problems = new ArrayList<>(
                rules.problems().isEmpty()
                        ? shard.snapshot(reading -> byOtherColumns(reading, tables, true))
                        : rules.problems());
        problems.addAll(shard.snapshot(reading -> ReferenceRules.check(Catalog.of(reading), schema.reference())));
        if (!problems.isEmpty()) {
            throw ForeignShardException.ofTables(
                    "Shard %s has tables that cannot be fenced and moved with their keys. Its migrations are done; nothing else was changed, and no token was handed out. Mend the tables by a migration, or tables in the configuration, and repeat.%s"
                            .formatted(shard.name(), SchemaComparison.listed(problems)),
                    null);
        }
        return rules.keyType();
    }
}
