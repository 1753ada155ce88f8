package dev.ringshard.internal.tables;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.internal.shard.Obstacle;
import dev.ringshard.ring.KeyType;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What sharded tables must be so that handovers move all rows of a key, whole, and no others. A rule that is broken becomes one
 * sentence that says what to do.
 */
public final class TableRules {
    private static final Map<String, KeyType> KEY_TYPES = Map.of(
            "text", KeyType.TEXT,
            "smallint", KeyType.INTEGER,
            "integer", KeyType.INTEGER,
            "bigint", KeyType.INTEGER,
            "uuid", KeyType.UUID);

    private final Catalog catalog;
    private final Map<TableName, ShardedTable> sharded = new LinkedHashMap<>();
    private final Map<ShardedTable, KeyType> keyTypes = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();
    private final Map<ShardedTable, List<Obstacle>> obstacles = new LinkedHashMap<>();

    private TableRules(Catalog catalog) {
        this.catalog = catalog;
    }

    /**
     * Checks the tables of one database.
     *
     * @param tables those that others refer to first
     */
    public static TableRules check(Catalog catalog, List<ShardedTable> tables) throws SQLException {
        TableRules rules = new TableRules(catalog);
        for (ShardedTable table : tables) {
            rules.check(table);
        }
        for (Map.Entry<TableName, ShardedTable> table : rules.sharded.entrySet()) {
            rules.checkReferences(table.getKey(), table.getValue());
        }
        rules.checkKeysAreAlike();
        rules.checkNoneIsLeftOut();
        return rules;
    }

    /** Whether the key column of a table is there, and of a type that keys can have. */
    public static boolean hasFitKey(Catalog catalog, ShardedTable table) throws SQLException {
        return find(catalog.columns(catalog.name(table)), table.key().orElseThrow())
                .filter(column -> KEY_TYPES.containsKey(column.type().name()))
                .isPresent();
    }

    /** All that is wrong. */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    /** What is wrong with one table. */
    public List<Obstacle> obstaclesOf(ShardedTable table) {
        return List.copyOf(obstacles.getOrDefault(table, List.of()));
    }

    /** What the keys of the tables are; text where none has a key column. */
    public KeyType keyType() {
        return keyTypes.values().stream().findFirst().orElse(KeyType.TEXT);
    }

    private void check(ShardedTable table) throws SQLException {
        TableName name = catalog.name(table);
        ShardedTable same = sharded.putIfAbsent(name, table);
        boolean isThere = catalog.isPlain(name).isPresent();
        if (same != null) {
            add(table, "is the same table as %s: name it once.".formatted(same.name()));
        } else if (!isThere) {
            add(
                    table,
                    "is not there, or is no table (there is no table %s): make it by a migration, or correct tables.sharded."
                                    .formatted(name)
                            + catalog.didYouMean(name));
        } else {
            checkColumns(table, name, catalog.columns(name));
        }
    }

    private void checkColumns(ShardedTable table, TableName name, List<Column> columns) throws SQLException {
        table.key().ifPresent(key -> find(columns, key)
                .ifPresentOrElse(
                        column -> checkKey(table, column),
                        () -> add(
                                table,
                                Obstacle.Cause.MISSING_KEY,
                                "has no column %s, which is to hold its key.".formatted(key))));
        if (table.token().isPresent()) {
            String token = table.token().get();
            Optional<Column> column = find(columns, token);
            if (column.isEmpty()) {
                add(
                        table,
                        "has no column %1$s: add \"%1$s bigint not null\", which holds the token of the row's key, or name the column of the key (key: …)."
                                .formatted(token));
            } else {
                checkToken(table, name, column.get());
            }
        }
        for (Obstacle obstacle : catalog.unmovable(table)) {
            add(table, obstacle.cause(), obstacle.sentence() + ".");
        }
        catalog.refusal(table.name(), columns)
                .ifPresent(refusal -> add(
                        table,
                        "cannot be read as a handover reads it, without quotes around names (%s): rename what needs them."
                                .formatted(refusal)));
    }

    private static Optional<Column> find(List<Column> columns, String name) {
        return columns.stream().filter(column -> column.name().equals(name)).findFirst();
    }

    private void checkKey(ShardedTable table, Column key) {
        KeyType type = KEY_TYPES.get(key.type().name());
        if (type == null) {
            add(
                    table,
                    "has the key column %s of type %s: a key is of a text type, smallint to bigint, or uuid; of others, two values that a database takes for one can have two tokens."
                            .formatted(key.name(), key.type()));
        } else {
            keyTypes.put(table, type);
        }
        if (key.isNullable()) {
            add(
                    table,
                    Obstacle.Cause.NULLABLE_KEY,
                    "has a key column %1$s that may be null, and a row without a key belongs to nobody: ALTER TABLE %2$s ALTER COLUMN %1$s SET NOT NULL."
                            .formatted(key.name(), table.name()));
        }
    }

    private void checkToken(ShardedTable table, TableName name, Column token) throws SQLException {
        if (!token.type().equals(ColumnType.BIGINT) || token.isNullable()) {
            add(
                    table,
                    "has a column %s that is %s: make it \"bigint not null\"."
                            .formatted(token.name(), token.definition()));
        }
        if (!catalog.hasIndexOn(name, token.name())) {
            add(
                    table,
                    "has no index that begins with %1$s, so that each handover would read all of it: CREATE INDEX %2$s_%1$s ON %3$s (%1$s)."
                            .formatted(token.name(), table.plainName(), table.name()));
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
                        "is referred to by %s, whose rows would stay behind: name that table in tables.sharded, with its key, or drop its foreign key."
                                .formatted(referring));
            }
        }
    }

    private void checkKeysAreAlike() {
        keyTypes.forEach((table, type) -> {
            if (type != keyType()) {
                add(
                        table,
                        "has keys that are %s, where those of %s are %s: all tables of a cluster share one type of key."
                                .formatted(
                                        type.described(),
                                        keyTypes.keySet().iterator().next().name(),
                                        keyType().described()));
            }
        });
    }

    private void checkNoneIsLeftOut() {
        for (TableName name : catalog.fenced()) {
            if (!sharded.containsKey(name)) {
                problems.add(
                        "%s is fenced as a sharded table and is not named in tables.sharded, so that its rows would stay behind: name it, or set again in the configuration what it came with."
                                .formatted(name));
            }
        }
    }

    private void add(ShardedTable table, String sentence) {
        add(table, Obstacle.Cause.OTHER, sentence);
    }

    private void add(ShardedTable table, Obstacle.Cause cause, String sentence) {
        problems.add(table.name() + " " + sentence);
        obstacles.computeIfAbsent(table, first -> new ArrayList<>()).add(new Obstacle(cause, sentence));
    }
}
