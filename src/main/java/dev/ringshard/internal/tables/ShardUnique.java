package dev.ringshard.internal.tables;

import dev.ringshard.config.ShardedTable;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A unique constraint or index of a sharded table that does not contain the key: a database holds it within its own shard only.
 *
 * @param name in lower case
 * @param columns in lower case; an expression as the database writes it
 */
public record ShardUnique(String table, String name, Set<String> columns) {

    public ShardUnique {
        columns = new LinkedHashSet<>(columns);
    }

    /**
     * Those of these tables; without what no two shards give anyhow: UUIDs, ids of {@code ringshard.next_id()}, and what is as
     * unique as a row of another table that is referred to.
     */
    public static List<ShardUnique> of(Catalog catalog, List<ShardedTable> tables) throws SQLException {
        List<ShardUnique> found = new ArrayList<>();
        List<ForeignKey> references = catalog.foreignKeys(tables);
        for (ShardedTable table : tables) {
            TableName name = catalog.name(table);
            Set<String> enough = new LinkedHashSet<>(catalog.clusterUniqueColumns(name));
            table.key().ifPresent(enough::add);
            table.token().ifPresent(enough::add);
            for (Map.Entry<String, Set<String>> index : catalog.unique(name).entrySet()) {
                Set<String> columns = index.getValue();
                boolean isUniqueThroughParent = references.stream()
                        .filter(reference -> reference.child().equals(table)
                                && !reference.referred().equals(name))
                        .anyMatch(reference -> reference.columns().stream()
                                .allMatch(pair -> columns.contains(pair.child().toLowerCase(Locale.ROOT))));
                if (columns.stream().noneMatch(enough::contains) && !isUniqueThroughParent) {
                    found.add(new ShardUnique(table.name(), index.getKey(), columns));
                }
            }
        }
        return found;
    }

    /** For people. */
    public String sentence() {
        return "%s is unique by %s without the key (%s), which holds within each shard only%s."
                .formatted(
                        table,
                        String.join(", ", columns),
                        name,
                        columns.size() == 1
                                        && ShardedTable.isPlainColumn(
                                                columns.iterator().next())
                                ? ": verify --unique %s.%s finds values that two shards hold"
                                        .formatted(table, columns.iterator().next())
                                : "");
    }
}
