package dev.ringshard.internal.tables;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.internal.ownership.MigrationHistory;
import dev.ringshard.internal.ownership.SchemaVersion;
import dev.ringshard.internal.shard.PrintedExpressions;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.ShardTransaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Compares what two shards must have in common so that the rows of one fit into the other. Reads each shard once; for one thread. */
public final class SchemaComparison {
    private static final String ABSENT = "absent";
    private static final String THERE = "there";
    private static final String ENCODING = "the encoding of texts";

    private static final String NOT_REREAD = """
            on %s, this user lacks the right TEMPORARY on the database, without which a condition that is the same and only printed in \
            other words, as after a restore, counts as another: grant it, and try again""";

    private final List<ShardedTable> tables;
    private final List<String> reference;
    private final List<MigrationHistory> histories;
    private final boolean followRules;
    private final Map<Shard, Description> described = new HashMap<>();

    /**
     * A comparison of tables.
     *
     * @param tables all sharded tables, those that others refer to first
     * @param histories where Flyway remembers the migrations of the application's tables
     */
    public SchemaComparison(List<ShardedTable> tables, List<MigrationHistory> histories) {
        this(tables, List.of(), histories);
    }

    /**
     * As {@link #SchemaComparison(List, List)}, also of tables that every shard has whole.
     *
     * @param reference those that others refer to first
     */
    public SchemaComparison(List<ShardedTable> tables, List<String> reference, List<MigrationHistory> histories) {
        this(tables, reference, histories, false);
    }

    private SchemaComparison(
            List<ShardedTable> tables, List<String> reference, List<MigrationHistory> histories, boolean followRules) {
        this.tables = List.copyOf(tables);
        this.reference = List.copyOf(reference);
        this.histories = List.copyOf(histories);
        this.followRules = followRules;
    }

    /**
     * As {@link #SchemaComparison(List, List, List)}, of shards whose tables have just been found to follow the rules: those questions are
     * most of a comparison, and are not asked twice.
     */
    public static SchemaComparison withinRules(
            List<ShardedTable> tables, List<String> reference, List<MigrationHistory> histories) {
        return new SchemaComparison(tables, reference, histories, true);
    }

    /**
     * What counts of one shard.
     *
     * @param problems rules of {@link TableRules} and {@link ReferenceRules} that its tables break
     * @param versions of both histories of migrations, by what they are called
     * @param columns their definitions, by table and name; empty if there are problems
     * @param types those of the application's own; likewise, with {@link PrintedExpressions} marked
     * @param conditions what decides which rows are taken; likewise
     */
    private record Description(
            Shard shard,
            List<String> problems,
            Map<String, String> versions,
            Map<String, String> columns,
            Map<String, String> types,
            Map<String, String> conditions) {}

    /**
     * Requires that rows can move between two shards, in either direction: both histories of migrations are at the same
     * version, the tables follow the rules of {@link TableRules} and {@link ReferenceRules}, they have the same columns, of types whose
     * values fit, and the databases write texts in the same encoding. Two of one kind must also have the same constraints
     * (but foreign keys), unique indexes, and generated columns. Reads the catalogs only, each in a snapshot; where they differ, what differs
     * as {@link PrintedExpressions#reread}.
     *
     * @throws ForeignShardException if any of this does not hold, with all that is wrong; nothing was moved
     */
    public void requireAlike(Shard one, Shard other) {
        Description here = described(one);
        Description there = described(other);
        List<String> problems = new ArrayList<>();
        addDifferences(problems, here, here.versions(), there, there.versions());
        String cure = problems.isEmpty() ? "Mend that" : "Run init, which migrates both; what remains, mend";
        addProblems(problems, here);
        addProblems(problems, there);
        if (here.problems().isEmpty() && there.problems().isEmpty()) {
            addDifferences(problems, here, here.columns(), there, there.columns());
            addReread(problems, here, here.types(), there, there.types());
            if (one.dialect().kind() == other.dialect().kind()) { // two kinds say the same in two ways
                addReread(problems, here, here.conditions(), there, there.conditions());
            }
        }
        if (!problems.isEmpty()) {
            throw new ForeignShardException(
                    "Rows cannot move between shards %s and %s. Nothing was moved. %s by a migration or in tables.sharded.%s"
                            .formatted(one.name(), other.name(), cure, listed(problems)));
        }
    }

    /**
     * Requires that two databases write texts in the same encoding, to be asked before anything of one is changed.
     *
     * @throws ForeignShardException if not
     */
    public static void requireSameEncoding(Shard one, Shard other) {
        String here = one.snapshot(reading -> Catalog.of(reading).encoding());
        String there = other.snapshot(reading -> Catalog.of(reading).encoding());
        if (!here.equals(there)) {
            throw new ForeignShardException(
                    "The encoding of texts is %s on shard %s and %s on shard %s, so that not every row of one fits into the other. Nothing was moved or changed. Make a database of the same encoding."
                            .formatted(here, one.name(), there, other.name()));
        }
    }

    private Description described(Shard shard) {
        return described.computeIfAbsent(shard, undescribed -> undescribed.snapshot(this::describe));
    }

    private Description describe(ShardTransaction reading) throws SQLException {
        Catalog catalog = Catalog.of(reading);
        List<String> problems = followRules ? List.of() : brokenRules(catalog);
        Map<String, String> columns = new TreeMap<>();
        Map<String, String> types = new TreeMap<>();
        Map<String, String> conditions = new TreeMap<>();
        if (problems.isEmpty()) {
            List<String> names = Stream.concat(tables.stream().map(ShardedTable::name), reference.stream())
                    .toList();
            for (String table : names) {
                catalog.columns(catalog.name(table)).stream()
                        .filter(column -> !column.name().equals(Catalog.GENERATED_TOKEN))
                        .forEach(column -> columns.put(table + "." + column.name(), column.definition()));
                for (String type : catalog.ownTypes(table)) {
                    types.put("the type " + type, THERE);
                }
                for (String condition : catalog.conditions(table)) {
                    conditions.put("of %s, %s".formatted(table, condition), THERE);
                }
            }
        }
        Map<String, String> versions = new TreeMap<>(Map.of(ENCODING, catalog.encoding()));
        versions.put(
                versionOf(MigrationHistory.OURS),
                SchemaVersion.of(reading.dsl()).needed());
        histories.forEach(history -> versions.put(versionOf(history), history.version(reading.dsl())));
        return new Description(reading.shard(), problems, versions, columns, types, conditions);
    }

    private List<String> brokenRules(Catalog catalog) throws SQLException {
        List<String> broken = new ArrayList<>(TableRules.check(catalog, tables).problems());
        broken.addAll(ReferenceRules.check(catalog, reference));
        return broken;
    }

    private static String versionOf(MigrationHistory history) {
        return "the version of " + history.tables();
    }

    private static void addProblems(List<String> problems, Description described) {
        described
                .problems()
                .forEach(problem ->
                        problems.add("on %s, %s".formatted(described.shard().name(), problem)));
    }

    /** Of facts that only one has, both databases read their own print once more. */
    private static void addReread(
            List<String> problems,
            Description here,
            Map<String, String> ofHere,
            Description there,
            Map<String, String> ofThere) {
        int before = problems.size();
        addDifferences(problems, here, worded(here, ofHere, ofThere), there, worded(there, ofThere, ofHere));
        if (problems.size() > before) {
            Stream.of(here.shard(), there.shard())
                    .filter(shard -> !PrintedExpressions.mayReread(shard))
                    .forEach(shard -> problems.add(NOT_REREAD.formatted(shard.name())));
        }
    }

    private static Map<String, String> worded(
            Description described, Map<String, String> facts, Map<String, String> ofOther) {
        Set<String> lonely = new TreeSet<>(facts.keySet());
        lonely.removeAll(ofOther.keySet());
        Map<String, String> reread = PrintedExpressions.reread(described.shard(), lonely);
        Map<String, String> worded = new TreeMap<>();
        facts.forEach((fact, value) -> worded.put(reread.getOrDefault(fact, PrintedExpressions.printed(fact)), value));
        return worded;
    }

    private static void addDifferences(
            List<String> problems,
            Description here,
            Map<String, String> ofHere,
            Description there,
            Map<String, String> ofThere) {
        Set<String> all = new TreeSet<>(ofHere.keySet());
        all.addAll(ofThere.keySet());
        for (String fact : all) {
            String one = ofHere.getOrDefault(fact, ABSENT);
            String other = ofThere.getOrDefault(fact, ABSENT);
            if (!one.equals(other)) {
                problems.add("%s is %s on %s and %s on %s."
                        .formatted(
                                fact,
                                one,
                                here.shard().name(),
                                other,
                                there.shard().name()));
            }
        }
    }

    /** Under a sentence, each on a line of its own. */
    public static String listed(List<String> problems) {
        String newLine = System.lineSeparator() + "  - ";
        return newLine + String.join(newLine, problems);
    }
}
