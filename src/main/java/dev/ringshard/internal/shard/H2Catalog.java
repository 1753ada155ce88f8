package dev.ringshard.internal.shard;

import dev.ringshard.config.ShardedTable;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.impl.DSL;

/** Asked of information_schema, and of the driver. */
record H2Catalog() implements DatabaseCatalog {
    @Override
    public Set<String> generatedColumns(Connection connection, String table) throws SQLException {
        int dot = table.indexOf('.');
        return Dialect.texts(
                connection,
                "SELECT LOWER(column_name) FROM information_schema.columns WHERE is_generated = 'ALWAYS'"
                        + " AND table_name = UPPER(?) AND table_schema = COALESCE(UPPER(?), CURRENT_SCHEMA)",
                table.substring(dot + 1),
                dot < 0 ? null : table.substring(0, dot));
    }

    /** Whatever acts does so for movers, too: there is no session without triggers and foreign keys. */
    @Override
    public Set<Obstacle> barsToMover(Connection connection, String table) {
        return Set.of();
    }

    @Override
    public boolean isReadOnlyByDefault(Connection connection) throws SQLException {
        return connection.isReadOnly();
    }

    @Override
    public List<ForeignKeyColumn> foreignKeys(Connection connection, String schema, String table) throws SQLException {
        DatabaseMetaData metaData = connection.getMetaData();
        Set<ForeignKeyColumn> columns = new LinkedHashSet<>();
        columns.addAll(ForeignKeyColumn.all(metaData.getImportedKeys(null, schema, table)));
        columns.addAll(ForeignKeyColumn.all(metaData.getExportedKeys(null, schema, table))); // of its own, once more
        return List.copyOf(columns);
    }

    @Override
    public Set<Obstacle> unmovable(Connection connection, ShardedTable table) throws SQLException {
        int dot = table.name().indexOf('.');
        String schema = dot < 0 ? null : table.name().substring(0, dot);
        String name = table.plainName();
        Set<String> acting = Dialect.texts(connection, """
                SELECT 'trigger ' || LOWER(trigger_name) FROM information_schema.triggers
                WHERE event_object_table = UPPER(?) AND event_object_schema = COALESCE(UPPER(?), CURRENT_SCHEMA)
                  AND trigger_name NOT LIKE '%RINGSHARD_FENCE' AND trigger_name NOT LIKE '%RINGSHARD_REFERENCE'
                UNION
                SELECT 'foreign key ' || LOWER(r.constraint_name) || ' of ' || LOWER(c.table_name)
                FROM information_schema.referential_constraints r
                JOIN information_schema.table_constraints u
                  ON u.constraint_schema = r.unique_constraint_schema AND u.constraint_name = r.unique_constraint_name
                JOIN information_schema.table_constraints c
                  ON c.constraint_schema = r.constraint_schema AND c.constraint_name = r.constraint_name
                WHERE u.table_name = UPPER(?) AND u.table_schema = COALESCE(UPPER(?), CURRENT_SCHEMA)
                  AND r.delete_rule IN ('CASCADE', 'SET NULL', 'SET DEFAULT')
                ORDER BY 1""", name, schema, name, schema);
        return acting.isEmpty()
                ? Set.of()
                : Set.of(new Obstacle(
                        Obstacle.Cause.OTHER,
                        "has %s, which would act on rows that move. Drop them, or use PostgreSQL, where a mover can pass them"
                                .formatted(String.join(", ", acting))));
    }

    @Override
    public Set<String> ownTypes(Connection connection, String table) {
        return Set.of();
    }

    @Override
    public Set<String> conditions(Connection connection, String table) throws SQLException {
        int dot = table.indexOf('.');
        return Dialect.texts(
                connection,
                """
                SELECT CASE WHEN t.constraint_type = 'CHECK' THEN 'check ' || c.check_clause
                       ELSE 'unique ' || LOWER(LISTAGG(k.column_name, ', ') WITHIN GROUP (ORDER BY k.ordinal_position)) END
                FROM information_schema.table_constraints t
                LEFT JOIN information_schema.check_constraints c
                  ON c.constraint_schema = t.constraint_schema AND c.constraint_name = t.constraint_name
                LEFT JOIN information_schema.key_column_usage k
                  ON k.constraint_schema = t.constraint_schema AND k.constraint_name = t.constraint_name
                WHERE t.table_name = UPPER(?) AND t.table_schema = COALESCE(UPPER(?), CURRENT_SCHEMA)
                  AND t.constraint_type <> 'FOREIGN KEY'
                GROUP BY t.constraint_name, t.constraint_type, c.check_clause
                UNION ALL
                SELECT LOWER(column_name) || ' is ' || generation_expression FROM information_schema.columns
                WHERE is_generated = 'ALWAYS'
                  AND table_name = UPPER(?) AND table_schema = COALESCE(UPPER(?), CURRENT_SCHEMA)
                ORDER BY 1""",
                table.substring(dot + 1),
                dot < 0 ? null : table.substring(0, dot),
                table.substring(dot + 1),
                dot < 0 ? null : table.substring(0, dot));
    }

    /** Java's. */
    @Override
    public String encoding(Connection connection) {
        return "UTF8";
    }

    @Override
    public boolean hasLocalBinaryForm(Connection connection, String table) {
        return false;
    }

    /** Changing a counter would commit the transaction; the documents say how to keep numbers apart. */
    @Override
    public Set<String> counters(Connection connection, String table) {
        return Set.of();
    }

    @Override
    public Map<String, String> hiddenCounters(Connection connection, String table) {
        return Map.of();
    }

    @Override
    public Map<String, Long> counted(Connection connection, String table) {
        return Map.of();
    }

    /** Of H2's users, who is for one process at a time, all that Ringshard meets may. */
    @Override
    public boolean mayUpdate(DSLContext dsl, String table) {
        return true;
    }

    @Override
    public boolean hasTable(DSLContext dsl, Field<String> schema, String table) {
        return dsl.fetchExists(DSL.selectOne()
                .from("information_schema.tables")
                .where(DSL.lower(DSL.field("table_schema", String.class)).eq(DSL.lower(schema)))
                .and(DSL.lower(DSL.field("table_name", String.class)).eq(table)));
    }
}
