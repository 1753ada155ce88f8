package dev.ringshard.internal.tables;

import dev.ringshard.config.ShardedTable;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What sharded tables must be so that handovers move all rows of a customer, whole, and no others. A rule that is broken
 * becomes one sentence that says what to do.
 */
public final class TableRules {
    private final Catalog catalog;
    private final Map<TableName, ShardedTable> sharded = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();

    private TableRules(Catalog catalog) {
        this.catalog = catalog;
    }

    /**
     * All that is wrong with the tables of one database.
     *
     * @param tables those that others refer to first
     */
    public static List<String> problems(Catalog catalog, List<ShardedTable> tables) throws SQLException {
        TableRules rules = new TableRules(catalog);
        for (ShardedTable table : tables) {
            rules.check(table);
        }
        for (Map.Entry<TableName, ShardedTable> table : rules.sharded.entrySet()) {
            rules.checkReferences(table.getKey(), table.getValue());
        }
        rules.checkNoneIsLeftOut();
        return rules.problems;
    }

    private void check(ShardedTable table) throws SQLException {
        TableName name = catalog.name(table);
        ShardedTable same = sharded.putIfAbsent(name, table);
        Optional<Boolean> isPlain = catalog.isPlain(name);
        if (same != null) {
            add(table, "is the same table as %s: name it once.".formatted(same.name()));
        } else if (isPlain.isEmpty()) {
            add(
                    table,
                    "is not there, or is no table (there is no table %s): make it by a migration, or correct tables.names. Tables with a column ring_token: %s."
                            .formatted(
                                    name,
                                    catalog.withToken().stream()
                                            .map(TableName::toString)
                                            .collect(Collectors.joining(", "))));
        } else if (!isPlain.get()) {
            add(table, "is partitioned, which handovers cannot move: make it a plain table.");
        } else {
            checkColumns(table, name, catalog.columns(name));
        }
    }

    private void checkColumns(ShardedTable table, TableName name, List<Column> columns) throws SQLException {
        Optional<Column> token = columns.stream()
                .filter(column -> column.name().equals(Catalog.TOKEN))
                .findFirst();
        if (token.isEmpty()) {
            add(
                    table,
                    "has no column ring_token: add \"ring_token bigint not null\", which holds the token of the customer's key.");
            return;
        }
        checkToken(table, name, token.get());
        catalog.refusal(table, columns)
                .ifPresent(refusal -> add(
                        table,
                        "cannot be read as a handover reads it, without quotes around names (%s): rename what needs them."
                                .formatted(refusal)));
        columns.stream()
                .filter(Column::isGenerated)
                .forEach(column -> add(
                        table,
                        "has the generated column %s, which a handover cannot write: make it a plain column, or compute it in a view."
                                .formatted(column.name())));
    }

    private void checkToken(ShardedTable table, TableName name, Column token) throws SQLException {
        if (!token.type().equals(ColumnType.BIGINT) || token.isNullable()) {
            add(
                    table,
                    "has a column ring_token that is %s: make it \"bigint not null\".".formatted(token.definition()));
        }
        if (!catalog.hasIndexOn(name, Catalog.TOKEN)) {
            add(
                    table,
                    "has no index that begins with ring_token, so that each handover would read all of it: CREATE INDEX %s_ring_token ON %s (ring_token)."
                            .formatted(table.name().substring(table.name().indexOf('.') + 1), table.name()));
        }
    }

    /** Rows are copied in the order of the tables and deleted in the other. */
    private void checkReferences(TableName name, ShardedTable table) throws SQLException {
        List<TableName> order = List.copyOf(sharded.keySet());
        for (TableName referred : catalog.referred(name)) {
            if (order.indexOf(referred) > order.indexOf(name)) {
                add(table, "refers to %1$s by a foreign key: name %1$s before it.".formatted(referred));
            }
        }
        for (TableName referring : catalog.referring(name)) {
            if (!sharded.containsKey(referring)) {
                add(
                        table,
                        "is referred to by %s, whose rows would stay behind: give that table a column ring_token and name it in tables.names, or drop its foreign key."
                                .formatted(referring));
            }
        }
    }

    private void checkNoneIsLeftOut() throws SQLException {
        for (TableName name : catalog.withToken()) {
            if (!sharded.containsKey(name)) {
                problems.add(
                        "%s has a column ring_token and is not named in tables.names, so that its rows would stay behind: name it, or rename the column."
                                .formatted(name));
            }
        }
    }

    private void add(ShardedTable table, String problem) {
        problems.add(table.name() + " " + problem);
    }
}
