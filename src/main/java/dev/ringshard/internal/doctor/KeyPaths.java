package dev.ringshard.internal.doctor;

import dev.ringshard.internal.doctor.KeyColumn.Evidence;
import dev.ringshard.internal.shard.FoundTable;
import dev.ringshard.internal.shard.FoundTable.ForeignKey;
import dev.ringshard.internal.shard.FoundTable.FoundColumn;
import dev.ringshard.internal.shard.FoundTables;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Follows foreign keys from the table of the keys, against their direction. The strongest evidence wins: a column that refers to
 * the key, directly or as part of a longer foreign key, first where it is part of the primary key, then where it is never null;
 * then one that has the usual name; then a table is said to lack its key column, which can be filled from the row that it refers
 * to. For one thread.
 */
final class KeyPaths {
    private final FoundTables catalog;
    private final Predicate<FoundTable> isLocal;
    private final Map<FoundTable, KeyColumn> keyed = new LinkedHashMap<>();
    private final FoundTable keyTable;
    private final FoundColumn key;

    private KeyPaths(FoundTables catalog, FoundTable keyTable, FoundColumn key, Predicate<FoundTable> isLocal) {
        this.catalog = catalog;
        this.isLocal = isLocal;
        this.keyTable = keyTable;
        this.key = key;
    }

    /**
     * The tables that belong to a key, those that others refer to first where that can be.
     *
     * @param declared key columns that the operator named
     */
    static Map<FoundTable, KeyColumn> follow(
            FoundTables catalog,
            FoundTable keyTable,
            FoundColumn key,
            Map<FoundTable, FoundColumn> declared,
            Predicate<FoundTable> isLocal) {
        KeyPaths paths = new KeyPaths(catalog, keyTable, key, isLocal);
        paths.keyed.put(keyTable, new KeyColumn(key.name(), key.type(), Evidence.KEY, Optional.empty()));
        declared.forEach((table, column) -> paths.keyed.put(
                table, new KeyColumn(column.name(), column.type(), Evidence.DECLARED, Optional.empty())));
        paths.follow();
        return paths.parentsFirst();
    }

    private void follow() {
        boolean found = true;
        while (found) {
            found = addAll(table -> referring(table, column -> isOfPrimaryKey(table, column)));
            found = found || addAll(table -> referring(table, column -> !column.isNullable()));
            found = found || addAll(table -> referring(table, column -> true));
            found = found || addAll(this::named);
            found = found || addAll(this::missing);
        }
    }

    /** One round, so that the shortest path wins. */
    private boolean addAll(Function<FoundTable, Optional<KeyColumn>> evidence) {
        Map<FoundTable, KeyColumn> round = new LinkedHashMap<>();
        for (FoundTable table : catalog.tables()) {
            if (!keyed.containsKey(table) && !isLocal.test(table)) {
                evidence.apply(table).ifPresent(column -> round.put(table, column));
            }
        }
        keyed.putAll(round);
        return !round.isEmpty();
    }

    private Optional<KeyColumn> referring(FoundTable table, Predicate<FoundColumn> isStrong) {
        return toKeyed(table)
                .flatMap(reference -> holders(reference)
                        .filter(isStrong)
                        .map(column ->
                                new KeyColumn(column.name(), column.type(), Evidence.REFERS, Optional.of(reference))))
                .findFirst();
    }

    /** The columns that refer to the key column of the parent. */
    private Stream<FoundColumn> holders(ForeignKey reference) {
        return reference.columns().stream()
                .filter(pair -> isKey(reference.parent(), pair.parent()))
                .map(pair -> reference.child().column(pair.child()).orElseThrow());
    }

    private boolean isOfPrimaryKey(FoundTable table, FoundColumn column) {
        return catalog.uniqueOf(table).stream()
                .anyMatch(index -> index.isPrimaryKey() && index.columns().contains(column.name()));
    }

    private boolean isKey(FoundTable parent, String column) {
        KeyColumn itsKey = keyed.get(parent);
        return itsKey != null && !itsKey.isMissing() && itsKey.name().equals(column);
    }

    private Optional<KeyColumn> named(FoundTable table) {
        return table.column(usualName())
                .filter(column -> column.type().equals(key.type()))
                .map(column -> new KeyColumn(
                        column.name(),
                        column.type(),
                        Evidence.NAMED,
                        toKeyed(table).findFirst()));
    }

    private Optional<KeyColumn> missing(FoundTable table) {
        return toKeyed(table)
                .findFirst()
                .map(reference -> new KeyColumn(
                        table.column(usualName()).isPresent() ? usualName() + "_of_key" : usualName(),
                        key.type(),
                        Evidence.MISSING,
                        Optional.of(reference)));
    }

    /** First those that every row has. */
    private Stream<ForeignKey> toKeyed(FoundTable table) {
        return catalog.of(table).stream()
                .filter(reference -> keyed.containsKey(reference.parent()))
                .sorted(Comparator.comparing(ForeignKey::isOptional));
    }

    /** What most tables call the column, or what one would call it. */
    private String usualName() {
        Map<String, Long> uses = keyed.values().stream()
                .filter(column -> column.evidence() == Evidence.REFERS || column.evidence() == Evidence.DECLARED)
                .collect(Collectors.groupingBy(KeyColumn::name, LinkedHashMap::new, Collectors.counting()));
        return uses.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .filter(most -> most.getValue() > 1 || uses.size() == 1)
                .map(Map.Entry::getKey)
                .orElseGet(() -> key.name().equals("id")
                        ? keyTable.plainName().replaceFirst("(?<=.{3})s$", "") + "_id"
                        : key.name());
    }

    private KeyColumn withOthers(FoundTable table, KeyColumn key) {
        return key.evidence() != Evidence.REFERS
                ? key
                : key.withOthers(toKeyed(table)
                        .flatMap(this::holders)
                        .map(FoundColumn::name)
                        .filter(name -> !name.equals(key.name()))
                        .distinct()
                        .toList());
    }

    private Map<FoundTable, KeyColumn> parentsFirst() {
        Map<FoundTable, KeyColumn> ordered = new LinkedHashMap<>();
        List<FoundTable> rest = new ArrayList<>(keyed.keySet());
        while (!rest.isEmpty()) {
            FoundTable next = rest.stream()
                    .filter(table -> catalog.of(table).stream()
                            .map(ForeignKey::parent)
                            .noneMatch(parent -> !parent.equals(table) && rest.contains(parent)))
                    .findFirst()
                    .orElse(rest.get(0)); // a circle, which the rules name
            rest.remove(next);
            ordered.put(next, withOthers(next, Objects.requireNonNull(keyed.get(next))));
        }
        return ordered;
    }
}
