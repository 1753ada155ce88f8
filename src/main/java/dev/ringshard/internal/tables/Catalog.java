package dev.ringshard.internal.tables;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.internal.config.NearestName;
import dev.ringshard.internal.ownership.ReferenceTableTable;
import dev.ringshard.internal.ownership.SchemaHistory;
import dev.ringshard.internal.ownership.ShardedTableTable;
import dev.ringshard.internal.shard.Dialect;
import dev.ringshard.internal.shard.ForeignKeyColumn;
import dev.ringshard.internal.shard.Obstacle;
import dev.ringshard.internal.shard.ShardTransaction;
import dev.ringshard.internal.tables.ForeignKey.ColumnPair;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jooq.DSLContext;

/** What a database says of its tables, by the metadata of its driver. Within one transaction, for one thread. */
public final class Catalog {
    /** The column that {@code init} adds on H2 to a sharded table that stores no token. */
    static final String GENERATED_TOKEN = Dialect.GENERATED_TOKEN;

    private static final String SYNTAX_OR_ACCESS = "42";
    private static final String DENIED = "42501";
    private static final Set<String> TABLES = Set.of("TABLE", "BASE TABLE", "PARTITIONED TABLE");

    private final String database;
    private final DSLContext dsl;
    private final String defaultSchema;
    private final Connection connection;
    private final DatabaseMetaData metaData;
    private final Map<TableName, List<ForeignKeyColumn>> foreignKeys = new LinkedHashMap<>();
    private final Map<TableName, List<Column>> columns = new LinkedHashMap<>();

    private Catalog(String database, DSLContext dsl, Connection connection) throws SQLException {
        this.database = database;
        this.dsl = dsl;
        this.defaultSchema = connection.getSchema();
        this.connection = connection;
        this.metaData = connection.getMetaData();
    }

    public static Catalog of(ShardTransaction transaction) throws SQLException {
        return of(transaction.dsl(), transaction.connection());
    }

    /** As {@link #of(ShardTransaction)}, of a transaction that is open. */
    public static Catalog of(DSLContext dsl, Connection connection) throws SQLException {
        return new Catalog(Dialect.of(dsl).migrations(), dsl, connection);
    }

    /** Where a table is, or would be: without a schema it is in the connection's. */
    public TableName name(ShardedTable table) throws SQLException {
        return name(table.name());
    }

    /** As {@link #name(ShardedTable)}, of a table that is not sharded. */
    public TableName name(String table) throws SQLException {
        int dot = table.indexOf('.');
        String schema = dot < 0 ? defaultSchema : folded(table.substring(0, dot));
        return new TableName(schema, folded(table.substring(dot + 1)));
    }

    private String folded(String name) throws SQLException {
        return metaData.storesUpperCaseIdentifiers() ? name.toUpperCase(Locale.ROOT) : name;
    }

    /** Whether it is a table, and a plain one: empty if there is none, or it is something else such as a view. */
    Optional<Boolean> isPlain(TableName name) throws SQLException {
        try (ResultSet found = metaData.getTables(null, escaped(name.schema()), escaped(name.table()), null)) {
            while (found.next()) {
                String type = found.getString("TABLE_TYPE");
                if (TABLES.contains(type)) {
                    return Optional.of(!type.startsWith("PARTITIONED"));
                }
            }
            return Optional.empty();
        }
    }

    /** The end of a sentence about a table that is not there: which one of its schema its name may be a slip of, if there is one. */
    String didYouMean(TableName missing) throws SQLException {
        List<String> known = new ArrayList<>();
        try (ResultSet found =
                metaData.getTables(null, escaped(missing.schema()), "%", TABLES.toArray(String[]::new))) {
            while (found.next()) {
                known.add(found.getString("TABLE_NAME").toLowerCase(Locale.ROOT));
            }
        }
        return NearestName.to(missing.table(), known)
                .map(" Did you mean %s?"::formatted)
                .orElse("");
    }

    /** Whether there is such a table. */
    public boolean isThere(ShardedTable table) throws SQLException {
        return isPlain(name(table)).isPresent();
    }

    /** Whether there is a schema of that name, in lower case. */
    public boolean hasSchema(String name) throws SQLException {
        try (ResultSet found = metaData.getSchemas(null, folded(name))) {
            return found.next();
        }
    }

    /** Whether {@code init} was run here, or begun. */
    public boolean hasSchemaOfRingshard() throws SQLException {
        return hasSchema(SchemaHistory.SCHEMA);
    }

    /** Whether a table has a column of this name, in lower case. */
    public boolean hasColumn(TableName name, String column) throws SQLException {
        return columns(name).stream().anyMatch(each -> each.name().equals(column));
    }

    /** In no order. */
    List<Column> columns(TableName name) throws SQLException {
        List<Column> known = columns.get(name);
        if (known != null) {
            return known;
        }
        List<Column> read = readColumns(name);
        columns.put(name, read);
        return read;
    }

    private List<Column> readColumns(TableName name) throws SQLException {
        List<Column> columns = new ArrayList<>();
        try (ResultSet found = metaData.getColumns(null, escaped(name.schema()), escaped(name.table()), null)) {
            while (found.next()) {
                columns.add(new Column(
                        found.getString("COLUMN_NAME").toLowerCase(Locale.ROOT),
                        ColumnType.of(
                                database,
                                found.getString("TYPE_NAME"),
                                found.getInt("COLUMN_SIZE"),
                                found.getInt("DECIMAL_DIGITS")),
                        !found.getString("IS_NULLABLE").equals("NO"),
                        found.getString("IS_GENERATEDCOLUMN").equals("YES")));
            }
        }
        return columns;
    }

    /** Reads nothing of the columns, in a statement without quotes around names; what the database says if it refuses. */
    Optional<String> refusal(String table, List<Column> columns) throws SQLException {
        Optional<String> needsQuotes = columns.stream()
                .map(Column::name)
                .filter(column -> !ShardedTable.isPlainColumn(column))
                .findFirst();
        if (needsQuotes.isPresent()) {
            return Optional.of("it has a column \"%s\"".formatted(needsQuotes.get()));
        }
        String names = columns.stream().map(Column::name).collect(Collectors.joining(", "));
        Savepoint before = connection.setSavepoint();
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT %s FROM %s WHERE 1 = 0".formatted(names, table));
            return Optional.empty();
        } catch (SQLException refused) {
            if (!String.valueOf(refused.getSQLState()).startsWith(SYNTAX_OR_ACCESS)) {
                throw refused;
            }
            connection.rollback(before);
            if (DENIED.equals(refused.getSQLState())) { // whatever this user may not do, the statement is right
                return Optional.empty();
            }
            return String.valueOf(refused.getMessage()).lines().findFirst();
        }
    }

    /** What of a table cannot be moved by its content, each as the rest of a sentence about the table. */
    Set<Obstacle> unmovable(ShardedTable table) throws SQLException {
        return Dialect.of(dsl).catalog().unmovable(connection, table);
    }

    /** The application's own types that a table uses, each with its definition, with marks of {@link dev.ringshard.internal.shard.PrintedExpressions}. */
    Set<String> ownTypes(String table) throws SQLException {
        return Dialect.of(dsl).catalog().ownTypes(connection, table);
    }

    /** What decides which rows a table takes, and what they hold then; likewise. */
    Set<String> conditions(String table) throws SQLException {
        return Dialect.of(dsl).catalog().conditions(connection, table);
    }

    /** Of texts in this database. */
    String encoding() throws SQLException {
        return Dialect.of(dsl).catalog().encoding(connection);
    }

    /** Whether an index over all rows has this column first, and serves for ranges. */
    boolean hasIndexOn(TableName name, String column) throws SQLException {
        try (ResultSet found = metaData.getIndexInfo(null, name.schema(), name.table(), false, true)) {
            while (found.next()) {
                if (found.getInt("ORDINAL_POSITION") == 1
                        && column.equalsIgnoreCase(found.getString("COLUMN_NAME"))
                        && found.getString("FILTER_CONDITION") == null
                        && found.getShort("TYPE") != DatabaseMetaData.tableIndexHashed) {
                    return true;
                }
            }
            return false;
        }
    }

    /** The tables that a table refers to by foreign keys. */
    List<TableName> referred(TableName name) throws SQLException {
        return foreignKeyColumns(name).stream()
                .filter(column -> child(column).equals(name))
                .map(Catalog::parent)
                .distinct()
                .toList();
    }

    /** What is unique of a table: the columns or expressions, by the name of the index; all in lower case, but for expressions. */
    Map<String, Set<String>> unique(TableName name) throws SQLException {
        Map<String, Set<String>> unique = new TreeMap<>();
        try (ResultSet found = metaData.getIndexInfo(null, name.schema(), name.table(), true, true)) {
            while (found.next()) {
                String index = found.getString("INDEX_NAME");
                String column = found.getString("COLUMN_NAME");
                if (index != null && column != null) {
                    unique.computeIfAbsent(index.toLowerCase(Locale.ROOT), first -> new LinkedHashSet<>())
                            .add(column.toLowerCase(Locale.ROOT));
                }
            }
        }
        return unique;
    }

    /** Columns whose values no two shards make alike, in lower case: UUIDs, and those with the default {@code ringshard.next_id()}. */
    Set<String> clusterUniqueColumns(TableName name) throws SQLException {
        Set<String> columns = new LinkedHashSet<>();
        try (ResultSet found = metaData.getColumns(null, escaped(name.schema()), escaped(name.table()), null)) {
            while (found.next()) {
                String given = String.valueOf(found.getString("COLUMN_DEF")).toLowerCase(Locale.ROOT);
                if (given.contains("ringshard.next_id(")
                        || found.getString("TYPE_NAME").equalsIgnoreCase("uuid")) {
                    columns.add(found.getString("COLUMN_NAME").toLowerCase(Locale.ROOT));
                }
            }
        }
        return columns;
    }

    /** The columns of the primary key, in its order, in lower case; none if there is none. */
    public List<String> primaryKey(TableName name) throws SQLException {
        Map<Integer, String> columns = new TreeMap<>();
        try (ResultSet found = metaData.getPrimaryKeys(null, name.schema(), name.table())) {
            while (found.next()) {
                columns.put(
                        found.getInt("KEY_SEQ"), found.getString("COLUMN_NAME").toLowerCase(Locale.ROOT));
            }
        }
        return List.copyOf(columns.values());
    }

    /** What refers to a table by a foreign key, and how. */
    List<Referring> referringTo(TableName name) throws SQLException {
        Map<String, Referring> byConstraint = new LinkedHashMap<>();
        try (ResultSet found = metaData.getExportedKeys(null, name.schema(), name.table())) {
            while (found.next()) {
                TableName child = new TableName(found.getString("FKTABLE_SCHEM"), found.getString("FKTABLE_NAME"));
                int rule = found.getInt("DELETE_RULE");
                boolean acts = rule == DatabaseMetaData.importedKeyCascade
                        || rule == DatabaseMetaData.importedKeySetNull
                        || rule == DatabaseMetaData.importedKeySetDefault;
                Set<String> column = Set.of(found.getString("PKCOLUMN_NAME").toLowerCase(Locale.ROOT));
                byConstraint.merge(
                        child + " " + found.getString("FK_NAME"),
                        new Referring(child, found.getString("FK_NAME").toLowerCase(Locale.ROOT), column, acts),
                        Referring::with);
            }
        }
        return List.copyOf(byConstraint.values());
    }

    /**
     * A foreign key to a table.
     *
     * @param columns those of the table that is referred to
     * @param acts whether it deletes or changes the rows that refer to one that is deleted
     */
    record Referring(TableName child, String name, Set<String> columns, boolean acts) {
        private Referring with(Referring more) {
            Set<String> all = new LinkedHashSet<>(columns);
            all.addAll(more.columns);
            return new Referring(child, name, all, acts);
        }
    }

    /** The tables that are under the fence as reference tables, each as its schema, a dot, and its name. */
    List<String> fencedReferences() {
        return SchemaHistory.isMigrated(dsl) ? ReferenceTableTable.names(dsl) : List.of();
    }

    /** The foreign keys of these tables to each other. */
    public List<ForeignKey> foreignKeys(List<ShardedTable> tables) throws SQLException {
        return allForeignKeys(tables).stream()
                .filter(reference -> reference.parent().isPresent())
                .toList();
    }

    /** The foreign keys of these tables, also to tables that are not sharded. */
    public List<ForeignKey> allForeignKeys(List<ShardedTable> tables) throws SQLException {
        Map<TableName, ShardedTable> byName = new LinkedHashMap<>();
        for (ShardedTable table : tables) {
            byName.put(name(table), table);
        }
        List<ForeignKey> foreignKeys = new ArrayList<>();
        for (Map.Entry<TableName, ShardedTable> child : byName.entrySet()) {
            foreignKeys.addAll(foreignKeys(child.getKey(), child.getValue(), byName));
        }
        return foreignKeys;
    }

    private Collection<ForeignKey> foreignKeys(TableName name, ShardedTable child, Map<TableName, ShardedTable> parents)
            throws SQLException {
        Map<String, ForeignKey> byConstraint = new LinkedHashMap<>();
        for (ForeignKeyColumn column : foreignKeyColumns(name)) {
            if (child(column).equals(name)) {
                TableName parent = parent(column);
                ForeignKey ofOneColumn = new ForeignKey(
                        column.constraint().toLowerCase(Locale.ROOT),
                        child,
                        parent,
                        Optional.ofNullable(parents.get(parent)),
                        List.of(new ColumnPair(column.childColumn(), column.parentColumn())));
                byConstraint.merge(column.constraint(), ofOneColumn, ForeignKey::with);
            }
        }
        return byConstraint.values();
    }

    /** The tables that refer to a table by foreign keys. */
    List<TableName> referring(TableName name) throws SQLException {
        return foreignKeyColumns(name).stream()
                .filter(column -> parent(column).equals(name))
                .map(Catalog::child)
                .distinct()
                .toList();
    }

    /** The tables that are fenced as sharded. */
    List<TableName> fenced() {
        return SchemaHistory.isMigrated(dsl)
                ? ShardedTableTable.all(dsl).stream()
                        .map(table -> new TableName(table.schema(), table.table()))
                        .toList()
                : List.of();
    }

    private List<ForeignKeyColumn> foreignKeyColumns(TableName name) throws SQLException {
        List<ForeignKeyColumn> known = foreignKeys.get(name);
        if (known != null) {
            return known;
        }
        List<ForeignKeyColumn> read = Dialect.of(dsl).catalog().foreignKeys(connection, name.schema(), name.table());
        foreignKeys.put(name, read);
        return read;
    }

    private static TableName child(ForeignKeyColumn column) {
        return new TableName(column.childSchema(), column.childTable());
    }

    private static TableName parent(ForeignKeyColumn column) {
        return new TableName(column.parentSchema(), column.parentTable());
    }

    /** Literally, where the driver takes a pattern. */
    private String escaped(String name) throws SQLException {
        String escape = metaData.getSearchStringEscape();
        return name.replace(escape, escape + escape).replace("_", escape + "_").replace("%", escape + "%");
    }
}
