package dev.ringshard.internal.doctor;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.ConfigurationException;
import dev.ringshard.internal.shard.FoundTable;
import dev.ringshard.internal.shard.FoundTable.ForeignKey;
import dev.ringshard.internal.shard.FoundTables;
import dev.ringshard.internal.tables.Catalog;
import dev.ringshard.internal.tables.TableRules;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Tables that could be that of the keys: most others refer to them. */
final class KeyCandidates {
    private KeyCandidates() {}

    /** Columns that other tables refer to by themselves; first that of most tables, of as many the larger one's. */
    static List<TableColumn> of(FoundTables catalog, Catalog rules) throws SQLException {
        Map<TableColumn, Set<FoundTable>> referring = new LinkedHashMap<>();
        Map<String, Long> rows = new LinkedHashMap<>();
        for (ForeignKey reference : catalog.references()) {
            if (reference.columns().size() == 1
                    && !reference.child().equals(reference.parent())
                    && isFit(rules, reference)) {
                FoundTable parent = reference.parent();
                TableColumn column = new TableColumn(
                        parent.name(), reference.columns().get(0).parent());
                referring
                        .computeIfAbsent(column, first -> new LinkedHashSet<>())
                        .add(reference.child());
                rows.put(parent.name(), parent.rows());
            }
        }
        return sorted(referring, rows);
    }

    private static boolean isFit(Catalog rules, ForeignKey reference) throws SQLException {
        try {
            return TableRules.hasFitKey(
                    rules,
                    ShardedTable.byKey(
                            reference.parent().name(),
                            reference.columns().get(0).parent()));
        } catch (ConfigurationException needsQuotes) {
            return false;
        }
    }

    private static List<TableColumn> sorted(Map<TableColumn, Set<FoundTable>> referring, Map<String, Long> rows) {
        return referring.entrySet().stream()
                .sorted(Comparator.comparing((Map.Entry<TableColumn, Set<FoundTable>> candidate) ->
                                -candidate.getValue().size())
                        .thenComparing(candidate ->
                                -rows.getOrDefault(candidate.getKey().table(), 0L))
                        .thenComparing(candidate -> candidate.getKey().toString()))
                .map(Map.Entry::getKey)
                .toList();
    }
}
