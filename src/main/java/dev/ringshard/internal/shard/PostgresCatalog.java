package dev.ringshard.internal.shard;

import dev.ringshard.config.ShardedTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.impl.DSL;

/** Asked of pg_catalog. */
record PostgresCatalog() implements DatabaseCatalog {
    @Override
    public Map<String, String> textTypes(Connection connection, String table) throws SQLException {
        return PostgresReferences.textTypes(connection, table);
    }

    @Override
    public Set<String> generatedColumns(Connection connection, String table) throws SQLException {
        return Dialect.texts(
                connection,
                "SELECT attname FROM pg_catalog.pg_attribute"
                        + " WHERE attrelid = CAST(? AS regclass) AND attgenerated <> '' AND NOT attisdropped",
                table);
    }

    @Override
    public Set<Obstacle> barsToMover(Connection connection, String table) throws SQLException {
        return PostgresTables.barsToMover(connection, table);
    }

    @Override
    public boolean isReadOnlyByDefault(Connection connection) throws SQLException {
        return !Dialect.texts(connection, "SELECT 'yes' WHERE current_setting('default_transaction_read_only') = 'on'")
                .isEmpty();
    }

    @Override
    public List<ForeignKeyColumn> foreignKeys(Connection connection, String schema, String table) throws SQLException {
        return PostgresTables.foreignKeys(connection, schema, table);
    }

    @Override
    public Set<Obstacle> unmovable(Connection connection, ShardedTable table) throws SQLException {
        return PostgresTypes.unmovable(connection, table);
    }

    @Override
    public Set<String> ownTypes(Connection connection, String table) throws SQLException {
        return PostgresTypes.own(connection, table);
    }

    @Override
    public Set<String> conditions(Connection connection, String table) throws SQLException {
        return PostgresTables.conditions(connection, table);
    }

    @Override
    public String encoding(Connection connection) throws SQLException {
        return Dialect.texts(
                        connection,
                        "SELECT pg_encoding_to_char(encoding) FROM pg_catalog.pg_database WHERE datname = current_database()")
                .iterator()
                .next();
    }

    @Override
    public boolean hasLocalBinaryForm(Connection connection, String table) throws SQLException {
        return PostgresTypes.haveLocalBinaryForm(connection, table);
    }

    @Override
    public Set<String> counters(Connection connection, String table) throws SQLException {
        return PostgresCounters.of(connection, table);
    }

    @Override
    public Map<String, String> hiddenCounters(Connection connection, String table) throws SQLException {
        return PostgresCounters.hidden(connection, table);
    }

    @Override
    public Map<String, Long> counted(Connection connection, String table) throws SQLException {
        return PostgresCounters.counted(connection, table);
    }

    @Override
    public boolean mayUpdate(DSLContext dsl, String table) {
        return dsl.fetchSingle("SELECT has_table_privilege(?, 'UPDATE')", table).get(0, Boolean.class);
    }

    /** information_schema would hide it from a user who may not read it, as if it were not there. */
    @Override
    public boolean hasTable(DSLContext dsl, Field<String> schema, String table) {
        // not by the view pg_tables, whose joins take longer to plan than all else that is asked of a shard with it
        return dsl.fetchExists(DSL.selectOne()
                .from("pg_catalog.pg_class")
                .where(DSL.field("relname", String.class).eq(table))
                .and("relkind IN ('r', 'p')")
                .and(DSL.field("relnamespace", Long.class)
                        .eq(DSL.field(
                                "(SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = {0})", Long.class, schema))));
    }
}
