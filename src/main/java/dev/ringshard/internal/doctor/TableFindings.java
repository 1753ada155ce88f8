package dev.ringshard.internal.doctor;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.ConfigurationException;
import dev.ringshard.internal.doctor.Diagnosis.Kind;
import dev.ringshard.internal.doctor.Finding.When;
import dev.ringshard.internal.shard.DatabaseServer;
import dev.ringshard.internal.shard.Dialect;
import dev.ringshard.internal.shard.FoundTable;
import dev.ringshard.internal.shard.FoundTable.ForeignKey;
import dev.ringshard.internal.shard.FoundTable.FoundColumn;
import dev.ringshard.internal.shard.FoundTable.Reaction;
import dev.ringshard.internal.shard.FoundTable.UniqueIndex;
import dev.ringshard.internal.shard.FoundTables;
import dev.ringshard.internal.shard.Obstacle;
import dev.ringshard.internal.shard.PostgresDefinitions;
import dev.ringshard.internal.shard.ShardTransaction;
import dev.ringshard.internal.tables.Catalog;
import dev.ringshard.internal.tables.ReferenceRules;
import dev.ringshard.internal.tables.TableRules;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** All that stands in the way of sharding tables, and what will be otherwise. For one thread. */
final class TableFindings {
    /** What ringshard.next_id() gives is above: its seconds of two years. */
    private static final long LEAST_NEXT_ID = 270_000_000_000_000_000L;

    private final ShardTransaction reading;
    private final Dialect dialect;
    private final FoundTables catalog;
    private final Map<FoundTable, KeyColumn> keyed;
    private final Map<FoundTable, Kind> kinds;
    private final List<Finding> findings = new ArrayList<>();

    TableFindings(
            ShardTransaction reading,
            FoundTables catalog,
            Map<FoundTable, KeyColumn> keyed,
            Map<FoundTable, Kind> kinds) {
        this.reading = reading;
        this.dialect = reading.shard().dialect();
        this.catalog = catalog;
        this.keyed = keyed;
        this.kinds = kinds;
    }

    List<Finding> all(DatabaseServer server) throws SQLException {
        addOfDatabase(server);
        Map<FoundTable, ShardedTable> declared = declared();
        addBrokenRules(declared);
        for (FoundTable table : declared.keySet()) {
            addBars(table);
            for (ForeignKey reference : catalog.of(table)) {
                addReference(reference, declared);
            }
            addUnique(table);
            addReactions(table);
        }
        keyed.forEach(this::addByName);
        addReferenceTables();
        kinds.forEach(this::addUndecided);
        return findings;
    }

    private void addOfDatabase(DatabaseServer server) throws SQLException {
        if (server.majorVersion() < dialect.oldestServer()) {
            add(
                    When.BEFORE_INIT,
                    "old-server",
                    "The database runs on %s; Ringshard works with version %d and later. Give it a newer server."
                            .formatted(server.server(), dialect.oldestServer()));
        }
        if (server.isStandby()) {
            add(
                    When.BEFORE_INIT,
                    "standby",
                    "This is a standby, which takes no writes: give init the address of its primary.");
        }
        if (dialect.isPooled(reading.connection())) {
            add(
                    When.BEFORE_INIT,
                    "pooler",
                    "The database is reached through a connection pooler: give init the database's own address.");
        }
        boolean isInitialised = Catalog.of(reading).hasSchemaOfRingshard();
        if (!isInitialised && !definitions().mayMakeSchemas(reading.connection())) {
            add(
                    When.BEFORE_INIT,
                    "no-privilege",
                    "This user may make no schema in the database, and init makes one: let init be run by its owner, or give this user CREATE on the database.");
        }
        if (isInitialised) {
            add(
                    When.GOOD_TO_KNOW,
                    "initialised",
                    "The database has a schema ringshard: init was run here, or begun. The command \"config check\" tells how it stands.");
        }
        if (dialect.catalog().isReadOnlyByDefault(reading.connection())) {
            add(
                    When.BEFORE_MOVES,
                    "read-only",
                    "Sessions of this user are read only (default_transaction_read_only is on), and init and a mover write: give them another user.");
        }
    }

    private KeyColumn key(FoundTable table) {
        return Objects.requireNonNull(keyed.get(table), table::name);
    }

    private void add(When when, String kind, String sentence) {
        findings.add(Finding.ofSentence(when, kind, "", sentence));
    }

    private void add(When when, String kind, FoundTable table, String predicate) {
        findings.add(Finding.ofSentence(when, kind, table.name(), table + " " + predicate));
    }

    /** Those whose names can be declared; of others it is said that they cannot. */
    private Map<FoundTable, ShardedTable> declared() {
        Map<FoundTable, ShardedTable> declared = new LinkedHashMap<>();
        keyed.forEach((table, key) -> {
            try {
                declared.put(table, ShardedTable.byKey(table.name(), key.name()));
            } catch (ConfigurationException unfit) {
                add(
                        When.BEFORE_INIT,
                        "needs-quotes",
                        table,
                        "or its key column %s has a name that needs quotes in SQL: give it another one."
                                .formatted(key.name()));
            }
        });
        return declared;
    }

    private void addBrokenRules(Map<FoundTable, ShardedTable> declared) throws SQLException {
        TableRules rules = TableRules.check(Catalog.of(reading), List.copyOf(declared.values()));
        for (Map.Entry<FoundTable, ShardedTable> each : declared.entrySet()) {
            FoundTable table = each.getKey();
            for (Obstacle obstacle : rules.obstaclesOf(each.getValue())) {
                findings.add(broken(table, obstacle));
            }
            table.owner()
                    .ifPresent(owner -> add(
                            When.BEFORE_INIT,
                            "not-owner",
                            table,
                            "belongs to %s, and only its owner can index and fence it: let init be run by that user, or by one who has its role."
                                    .formatted(owner)));
        }
    }

    /** With the statements that need no long lock, where the rule has none or others. */
    private Finding broken(FoundTable table, Obstacle obstacle) {
        KeyColumn key = key(table);
        Finding broken = Finding.ofSentence(When.BEFORE_INIT, "rule", table.name(), sentence(table, obstacle));
        return switch (obstacle.cause()) {
            case MISSING_KEY -> key.isMissing() ? withoutKey(table, key) : broken;
            case NULLABLE_KEY ->
                new Finding(
                        When.BEFORE_INIT,
                        "nullable-key",
                        table.name(),
                        broken.reason() + " Give rows without one a key, or delete them, first.",
                        definitions().refusingNull(table, key.name()));
            case UNLOGGED ->
                new Finding(
                        When.BEFORE_INIT,
                        "unlogged",
                        table.name(),
                        broken.reason() + " That writes it anew, under a lock that nobody passes.",
                        broken.statements());
            case NO_REPLICA, OTHER -> broken;
        };
    }

    private static String sentence(FoundTable table, Obstacle obstacle) {
        return table.name() + " " + obstacle.sentence();
    }

    private Finding withoutKey(FoundTable table, KeyColumn key) {
        ForeignKey by = key.by().orElseThrow();
        String reason =
                "%s has no column %s, which is to hold its key. Rows belong to the key of the row of %s that they refer to by %s%s; the statements fill it from there while the application works."
                        .formatted(
                                table,
                                key.name(),
                                by.parent(),
                                by.childColumns(),
                                by.isOptional() ? ", which may be null: give such rows a key, or delete them" : "");
        return new Finding(
                When.BEFORE_INIT,
                "no-key-column",
                table.name(),
                reason,
                definitions()
                        .filling(by, key.name(), key.type(), key(by.parent()).name()));
    }

    private void addBars(FoundTable table) throws SQLException {
        for (Obstacle bar : dialect.catalog().barsToMover(reading.connection(), table.name())) {
            Finding found = Finding.ofSentence(When.BEFORE_MOVES, "bar-to-mover", table.name(), sentence(table, bar));
            findings.add(
                    bar.cause() == Obstacle.Cause.NO_REPLICA
                            ? new Finding(found.when(), found.kind(), found.table(), found.reason(), past(table))
                            : found);
        }
        if (table.hasRowSecurity()) {
            add(
                    When.GOOD_TO_KNOW,
                    "row-security",
                    table,
                    "has row-level security: its policies go on for the application; each shard needs the same, and a mover must be free of them.");
        }
    }

    private PostgresDefinitions definitions() {
        return dialect.definitions().orElseThrow();
    }

    /** What has nothing act on rows that move. */
    private List<String> past(FoundTable table) throws SQLException {
        List<String> statements = new ArrayList<>(definitions().grantsToReplicas(reading.connection()));
        catalog.reactionsOf(table).stream()
                .filter(Reaction::isForReplicas)
                .map(reaction -> "ALTER TABLE %s ENABLE %s %s;"
                        .formatted(table, reaction.kind().toUpperCase(Locale.ROOT), reaction.name()))
                .forEach(statements::add);
        return statements;
    }

    private void addReference(ForeignKey reference, Map<FoundTable, ShardedTable> declared) throws SQLException {
        if (declared.containsKey(reference.parent())) {
            new CrossingRows(reading, keyed).find(reference).ifPresent(findings::add);
            return;
        }
        if (!keyed.containsKey(reference.parent()) && kinds.get(reference.parent()) != Kind.REFERENCE) {
            add(
                    When.GOOD_TO_KNOW,
                    "unsharded-parent",
                    reference.child(),
                    "refers by %s to %s, which is not sharded: its rows must be on each shard before rows move there."
                            .formatted(reference.name(), reference.parent()));
        }
    }

    private void addUnique(FoundTable table) {
        KeyColumn key = key(table);
        List<UniqueIndex> all = catalog.uniqueOf(table);
        if (all.stream().noneMatch(UniqueIndex::isPrimaryKey)) {
            add(
                    When.GOOD_TO_KNOW,
                    "no-primary-key",
                    table,
                    "has no primary key: it works, but what is written to it while it moves is copied again by its key, not by its row.");
        }
        for (UniqueIndex index : all) {
            List<FoundColumn> counted = index.columns().stream()
                    .flatMap(name -> table.column(name).stream())
                    .filter(FoundColumn::isCounted)
                    .toList();
            if (index.columns().contains(key.name()) || isUniqueThroughParent(table, index)) {
                continue;
            }
            if (!counted.isEmpty()) {
                add(
                        When.GOOD_TO_KNOW,
                        "sequence",
                        table,
                        "counts its column %1$s by a sequence, and each shard counts by itself: two shards will give one number twice, and a row that moves to its equal is refused by %2$s. Before a second shard joins, take ids that no two shards give (%4$s; or uuid), or make the key %3$s part of %2$s."
                                .formatted(
                                        counted.get(0).name(),
                                        index.name(),
                                        key.name(),
                                        nextId(table, counted.get(0))));
            } else if (!hasUuidColumn(table, index)) {
                findings.add(unique(table, key, index));
            }
        }
    }

    /** How to take ids of Ringshard's, which are there once init has run, and what tells them from those that rows have. */
    private static String nextId(FoundTable table, FoundColumn counted) {
        if (!counted.type().equals("bigint")) {
            return "once it is a bigint, ringshard.next_id(), which init brings along";
        }
        String statement =
                "after init, ALTER TABLE %1$s ALTER COLUMN %2$s DROP IDENTITY IF EXISTS, ALTER COLUMN %2$s SET DEFAULT ringshard.next_id()"
                        .formatted(table, counted.name());
        long counter = counted.counter().orElse(0);
        return String.format(
                Locale.ROOT,
                counter < LEAST_NEXT_ID
                        ? "%1$s, which gives numbers above %2$,d, where this counter is at %3$,d"
                        : "%1$s, whose numbers may meet those that are there: this counter is at %3$,d, and they begin at %2$,d",
                statement,
                LEAST_NEXT_ID,
                counter);
    }

    /** Whether its columns hold a foreign key to another sharded table: it is unique in the cluster if the parent's key is. */
    private boolean isUniqueThroughParent(FoundTable table, UniqueIndex index) {
        return catalog.of(table).stream()
                .anyMatch(reference -> keyed.containsKey(reference.parent())
                        && !reference.parent().equals(table)
                        && reference.columns().stream()
                                .allMatch(pair -> index.columns().contains(pair.child())));
    }

    /** Whether a column of it is a UUID, whose values no two shards make alike. */
    private static boolean hasUuidColumn(FoundTable table, UniqueIndex index) {
        return index.columns().stream()
                .flatMap(name -> table.column(name).stream())
                .anyMatch(column -> column.type().equals("uuid"));
    }

    private static Finding unique(FoundTable table, KeyColumn key, UniqueIndex index) {
        return new Finding(
                When.GOOD_TO_KNOW,
                "unique-without-key",
                table.name(),
                "%1$s is unique by %2$s without the key (%3$s): from a second shard on that holds within each shard only. Where it is to be unique for each key, put %4$s in front: CREATE UNIQUE INDEX CONCURRENTLY ON %1$s (%4$s, %2$s)."
                        .formatted(table, index.definition(), index.name(), key.name()),
                List.of());
    }

    private void addReactions(FoundTable table) {
        List<Reaction> reactions = catalog.reactionsOf(table);
        if (!reactions.isEmpty()) {
            add(
                    When.GOOD_TO_KNOW,
                    "triggers",
                    table,
                    "has %s: for the application they act as before, on rows that move they do not; each shard needs the same."
                            .formatted(reactions.stream()
                                    .map(reaction -> reaction.kind() + " " + reaction.name())
                                    .collect(Collectors.joining(", "))));
        }
    }

    private void addByName(FoundTable table, KeyColumn key) {
        if (!key.others().isEmpty()) {
            add(
                    When.GOOD_TO_KNOW,
                    "several-keys",
                    table,
                    "refers to keys by %s, and by %s: its rows are taken to belong to the first. If they do not, say --sharded %s.COLUMN. A row of two keys works as long as one shard owns both; otherwise the database refuses it, as what it refers to is not there."
                            .formatted(key.name(), String.join(", ", key.others()), table));
        } else if (key.isDoubtful()) {
            add(
                    When.GOOD_TO_KNOW,
                    "by-name",
                    table,
                    "is taken for sharded by %s because of that column's name; no foreign key says so. If it is not, say --local %s."
                            .formatted(key.name(), table));
        }
    }

    private void addReferenceTables() throws SQLException {
        List<FoundTable> tables = kinds.entrySet().stream()
                .filter(each -> each.getValue() == Kind.REFERENCE)
                .map(Map.Entry::getKey)
                .toList();
        List<String> names = tables.stream().map(FoundTable::name).toList();
        for (FoundTable table : tables) {
            for (String problem : ReferenceRules.problemsOf(Catalog.of(reading), table.name(), names)) {
                findings.add(Finding.ofSentence(
                        When.BEFORE_INIT,
                        "reference-rule",
                        table.name(),
                        problem + " Or say --local %s, and keep its rows on all shards by yourself.".formatted(table)));
            }
            table.owner()
                    .ifPresent(owner -> add(
                            When.BEFORE_INIT,
                            "not-owner",
                            table,
                            "belongs to %s, and only its owner can put it under the fence: let init be run by that user, or by one who has its role."
                                    .formatted(owner)));
            add(
                    When.GOOD_TO_KNOW,
                    "reference-table",
                    table,
                    "is taken for a reference table, of which every shard has the same rows: from init on it is written to by ringshard.reference(\"%1$s\").update(...) alone, and other writes are refused. As long as something else has to write to it, say --local %1$s, and keep its rows on all shards by yourself."
                            .formatted(table));
        }
    }

    private void addUndecided(FoundTable table, Kind kind) {
        if (kind != Kind.UNDECIDED) {
            return;
        }
        boolean isReferred = catalog.references().stream()
                .anyMatch(reference -> reference.parent().equals(table) && keyed.containsKey(reference.child()));
        Optional<String> large = isReferred
                ? Optional.of(
                        "is referred to by sharded tables, and too large to keep the same rows on each shard without a thought.")
                : Optional.empty();
        add(
                When.BEFORE_MOVES,
                "undecided",
                table,
                large.orElse("belongs to no key that a foreign key would lead to.")
                        + " Say --sharded %1$s.COLUMN if its rows belong to keys, --reference %1$s if every shard is to have the same, or --local %1$s if they are to stay where they are."
                                .formatted(table));
    }
}
