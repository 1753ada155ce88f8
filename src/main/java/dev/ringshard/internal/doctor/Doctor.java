package dev.ringshard.internal.doctor;

import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.internal.doctor.Diagnosis.Kind;
import dev.ringshard.internal.shard.DatabaseServer;
import dev.ringshard.internal.shard.FoundTable;
import dev.ringshard.internal.shard.FoundTable.ForeignKey;
import dev.ringshard.internal.shard.FoundTable.FoundColumn;
import dev.ringshard.internal.shard.FoundTables;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.ShardTransaction;
import dev.ringshard.internal.tables.Catalog;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Examines one database in one transaction that can only read. For one thread. */
public final class Doctor {
    /** What is still carried whole to every shard. */
    private static final long LARGEST_REFERENCE = 64_000_000;

    /** Where tools remember which migrations ran. */
    private static final Set<String> OF_TOOLS = Set.of(
            "flyway_schema_history",
            "schema_version",
            "databasechangelog",
            "databasechangeloglock",
            "schema_migrations",
            "ar_internal_metadata");

    private final ShardTransaction reading;
    private final DoctorOptions options;
    private final FoundTables catalog;

    private Doctor(ShardTransaction reading, DoctorOptions options) throws SQLException {
        this.reading = reading;
        this.options = options;
        this.catalog = reading.shard().dialect().definitions().orElseThrow().tables(reading.connection());
    }

    /**
     * Examines a database; changes nothing.
     *
     * @throws InvalidInputException if it is no PostgreSQL database, or a table or column is not there that was named
     */
    public static Diagnosis examine(Shard shard, DoctorOptions options) {
        if (shard.dialect().definitions().isEmpty()) {
            throw new InvalidInputException(
                    "The doctor reads the catalogs of PostgreSQL, and %s is a database of H2. Nothing was changed. For tables on H2, write tables.sharded by hand: config check names what init would refuse."
                            .formatted(shard.name()));
        }
        return shard.snapshotOfAnyServer(reading -> {
            shard.dialect().transactions().limitStatements(reading.connection(), Duration.ZERO);
            return new Doctor(reading, options).examine();
        });
    }

    private Diagnosis examine() throws SQLException {
        DatabaseServer server = DatabaseServer.of(reading);
        List<TableColumn> candidates = KeyCandidates.of(catalog, Catalog.of(reading));
        Optional<TableColumn> key = options.key().or(() -> candidates.stream().findFirst());
        Map<FoundTable, KeyColumn> keyed = key.isPresent() ? follow(key.get()) : Map.of();
        Map<FoundTable, Kind> kinds = kinds(keyed);
        List<Finding> findings = new TableFindings(reading, catalog, keyed, kinds).all(server);
        if (key.isEmpty()) {
            findings.add(new Finding(
                    Finding.When.BEFORE_INIT,
                    "no-key",
                    "",
                    "No table was found that others refer to by one column of a text type, smallint to bigint, or uuid: name the column of the keys with --key TABLE.COLUMN.",
                    List.of()));
        }
        return new Diagnosis(
                server.server(),
                key,
                options.key().isPresent(),
                candidates.stream()
                        .filter(other -> !key.equals(Optional.of(other)))
                        .limit(3)
                        .toList(),
                tables(keyed, kinds),
                findings);
    }

    private Map<FoundTable, KeyColumn> follow(TableColumn key) {
        FoundTable table = table(key.table());
        Map<FoundTable, FoundColumn> declared = new LinkedHashMap<>();
        options.sharded()
                .forEach(option -> declared.put(table(option.table()), column(table(option.table()), option.column())));
        declared.remove(table);
        options.local().forEach(this::table);
        options.reference().forEach(this::table);
        return KeyPaths.follow(catalog, table, column(table, key.column()), declared, this::isLocal);
    }

    private FoundTable table(String name) {
        return catalog.find(name).orElseThrow(() -> missing(name));
    }

    private InvalidInputException missing(String name) {
        List<String> known = catalog.tables().stream().map(FoundTable::name).toList();
        return new InvalidInputException(
                known.isEmpty()
                        ? "There is no table %s: the database has no tables, or this user sees none. Nothing was changed. If migrations are to make them (tables.migrations), there is nothing to examine yet: run init. Otherwise give the url of the database that has them."
                                .formatted(name)
                        : "There is no table %s, or this user does not see it. Nothing was changed. There are: %s."
                                .formatted(name, String.join(", ", known)));
    }

    private static FoundColumn column(FoundTable table, String name) {
        return table.column(name)
                .orElseThrow(
                        () -> new InvalidInputException("Table %s has no column %s. Nothing was changed. It has: %s."
                                .formatted(
                                        table,
                                        name,
                                        String.join(
                                                ", ",
                                                table.columns().stream()
                                                        .map(FoundColumn::name)
                                                        .toList()))));
    }

    private boolean isLocal(FoundTable table) {
        return !options.reference().contains(table.name()) && isToStay(table);
    }

    private boolean isToStay(FoundTable table) {
        return table.isOfAnExtension()
                || OF_TOOLS.contains(table.plainName())
                || options.local().contains(table.name());
    }

    private Map<FoundTable, Kind> kinds(Map<FoundTable, KeyColumn> keyed) {
        Set<FoundTable> referred = referred(keyed.keySet());
        Map<FoundTable, Kind> kinds = new LinkedHashMap<>();
        for (FoundTable table : catalog.tables()) {
            Kind kind = keyed.containsKey(table)
                    ? Kind.SHARDED
                    : isLocal(table) ? Kind.LOCAL : isReference(table, referred) ? Kind.REFERENCE : Kind.UNDECIDED;
            kinds.put(table, kind);
        }
        return kinds;
    }

    private boolean isReference(FoundTable table, Set<FoundTable> referred) {
        return options.reference().contains(table.name())
                || (referred.contains(table) && table.bytes() <= LARGEST_REFERENCE);
    }

    /** What rows of these tables refer to, directly or by others that do. */
    private Set<FoundTable> referred(Set<FoundTable> sharded) {
        Set<FoundTable> referred = new LinkedHashSet<>();
        List<FoundTable> next = new ArrayList<>(sharded);
        while (!next.isEmpty()) {
            FoundTable table = next.remove(0);
            catalog.of(table).stream()
                    .map(ForeignKey::parent)
                    .filter(parent -> !sharded.contains(parent) && referred.add(parent))
                    .forEach(next::add);
        }
        return referred;
    }

    private List<Diagnosis.Table> tables(Map<FoundTable, KeyColumn> keyed, Map<FoundTable, Kind> kinds) {
        List<Diagnosis.Table> tables = new ArrayList<>();
        keyed.forEach((table, key) -> tables.add(described(table, Kind.SHARDED, Optional.of(key))));
        kinds.entrySet().stream()
                .filter(entry -> entry.getValue() != Kind.SHARDED)
                .sorted(Comparator.comparing((Map.Entry<FoundTable, Kind> entry) -> entry.getValue())
                        .thenComparing(entry -> depth(entry.getKey(), kinds)))
                .forEach(entry -> tables.add(described(entry.getKey(), entry.getValue(), Optional.empty())));
        return tables;
    }

    /** How many reference tables a reference table refers to in a row: those that others refer to come first. */
    private int depth(FoundTable table, Map<FoundTable, Kind> kinds) {
        return kinds.get(table) == Kind.REFERENCE ? depth(table, kinds, kinds.size()) : 0;
    }

    private int depth(FoundTable table, Map<FoundTable, Kind> kinds, int most) {
        return catalog.of(table).stream()
                .map(ForeignKey::parent)
                .filter(parent -> most > 0 && !parent.equals(table) && kinds.get(parent) == Kind.REFERENCE)
                .mapToInt(parent -> 1 + depth(parent, kinds, most - 1))
                .max()
                .orElse(0);
    }

    private Diagnosis.Table described(FoundTable table, Kind kind, Optional<KeyColumn> key) {
        return new Diagnosis.Table(
                table.name(),
                kind,
                key.map(KeyColumn::name),
                key.map(KeyColumn::isMissing).orElse(false),
                key.map(KeyColumn::isDoubtful).orElse(false),
                key.map(Doctor::why).orElseGet(() -> why(table, kind)),
                table.rows(),
                table.bytes());
    }

    private static String why(KeyColumn key) {
        return switch (key.evidence()) {
            case KEY -> "the table of the keys";
            case DECLARED -> "as you said";
            case REFERS ->
                "refers to %s%s"
                        .formatted(
                                key.by().orElseThrow().parent(),
                                key.others().isEmpty() ? "" : ", as does " + String.join(", ", key.others()));
            case NAMED ->
                key.by().map(by -> "by its name; refers to " + by.parent()).orElse("by its name only");
            case MISSING ->
                "missing; by %s to %s"
                        .formatted(
                                key.by().orElseThrow().childColumns(),
                                key.by().orElseThrow().parent());
        };
    }

    private String why(FoundTable table, Kind kind) {
        return switch (kind) {
            case SHARDED -> "";
            case REFERENCE -> options.reference().contains(table.name()) ? "as you said" : "sharded tables refer to it";
            case LOCAL ->
                options.local().contains(table.name())
                        ? "as you said"
                        : table.isOfAnExtension() ? "an extension's" : "a migration tool's";
            case UNDECIDED -> "no foreign key leads to a key";
        };
    }
}
