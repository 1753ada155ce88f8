package dev.ringshard.internal.shard;

import dev.ringshard.config.ShardedTable;
import java.sql.Connection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;

/** What fences a sharded table of H2: a generated column with an index, and a trigger that is a class of ours. */
record H2Fencing(Dialect dialect) implements Fencing {
    /** H2 loads it by its name, as {@code migrations/ringshard/h2} does for functions. */
    private static final String TRIGGER = "dev.ringshard.internal.fence.H2Fence";

    private static final String REFERENCE_TRIGGER = "dev.ringshard.internal.fence.H2ReferenceFence";

    /** H2 tells no trigger of a TRUNCATE. */
    @Override
    public void fenceReference(DSLContext dsl, String table) {
        if (!isReferenceFenced(dsl, table)) { // one of this name may be on a table that had it before
            String trigger = schemaPrefix(table) + referenceTrigger(table);
            dsl.execute("DROP TRIGGER IF EXISTS " + trigger);
            dsl.execute("CREATE TRIGGER IF NOT EXISTS %s BEFORE INSERT, UPDATE, DELETE ON %s CALL '%s'"
                    .formatted(trigger, table, REFERENCE_TRIGGER));
        }
    }

    @Override
    public void releaseReference(DSLContext dsl, String table) {
        if (isReferenceFenced(dsl, table)) {
            dsl.execute("DROP TRIGGER " + schemaPrefix(table) + referenceTrigger(table));
        }
    }

    @Override
    public boolean isReferenceFenced(DSLContext dsl, String table) {
        return hasTrigger(dsl, table, referenceTrigger(table));
    }

    private static String referenceTrigger(String table) {
        return table.substring(table.indexOf('.') + 1) + "_ringshard_reference";
    }

    @Override
    public boolean indexTokens(Connection connection, ShardedTable table) {
        DSLContext dsl = dialect.dsl(connection);
        String token = dialect.token(table);
        String index = "ringshard_%s_token".formatted(table.plainName());
        boolean isThere = dsl.fetchExists(DSL.selectOne()
                .from("information_schema.indexes")
                .where(DSL.field("index_name", String.class).eq(index.toUpperCase(Locale.ROOT)))
                .and(DSL.field("table_schema", String.class).eq(schema(table.name()))));
        repeatable(
                dsl,
                "ALTER TABLE %s ADD COLUMN IF NOT EXISTS %s bigint INVISIBLE GENERATED ALWAYS AS (ringshard.token(CAST(%s AS varchar)))"
                        .formatted(table.name(), token, table.key().orElseThrow()));
        repeatable(
                dsl,
                "CREATE INDEX IF NOT EXISTS %s%s ON %s (%s)"
                        .formatted(schemaPrefix(table), index, table.name(), token));
        return !isThere;
    }

    /** H2 looks whether it exists before it waits for the session that is just making it; the second time it is there. */
    private static void repeatable(DSLContext dsl, String definition) {
        try {
            dsl.execute(definition);
        } catch (DataAccessException madeMeanwhile) {
            dsl.execute(definition);
        }
    }

    private static String schemaPrefix(ShardedTable table) {
        return schemaPrefix(table.name());
    }

    private static String schemaPrefix(String table) {
        return table.substring(0, table.indexOf('.') + 1);
    }

    @Override
    public void fence(DSLContext dsl, ShardedTable table, boolean isRecorded) {
        String trigger = schemaPrefix(table) + trigger(table);
        if (!isRecorded || !isFenced(dsl, table)) { // one of this name may be on a table that had it before
            dsl.execute("DROP TRIGGER IF EXISTS " + trigger);
        }
        dsl.execute("CREATE TRIGGER IF NOT EXISTS %s BEFORE INSERT, UPDATE, DELETE ON %s FOR EACH ROW CALL '%s'"
                .formatted(trigger, table.name(), TRIGGER));
    }

    private static String trigger(ShardedTable table) {
        return table.plainName() + "_ringshard_fence";
    }

    @Override
    public List<ShardedTable> unfenced(DSLContext dsl, List<ShardedTable> tables) {
        return tables.stream().filter(table -> !isFenced(dsl, table)).toList();
    }

    @Override
    public String fencedColumn(ShardedTable table) {
        return dialect.token(table);
    }

    @Override
    public boolean entersByTrigger() {
        return false;
    }

    @Override
    public Optional<PostgresSlots> slots() {
        return Optional.empty();
    }

    /** Whether the trigger is there; H2 cannot disable it. */
    private static boolean isFenced(DSLContext dsl, ShardedTable table) {
        return hasTrigger(dsl, table.name(), trigger(table));
    }

    private static boolean hasTrigger(DSLContext dsl, String table, String trigger) {
        return dsl.fetchExists(DSL.selectOne()
                .from("information_schema.triggers")
                .where(DSL.field("trigger_name", String.class).eq(trigger.toUpperCase(Locale.ROOT)))
                .and(DSL.field("event_object_schema", String.class).eq(schema(table)))
                .and(DSL.field("event_object_table", String.class)
                        .eq(table.substring(table.indexOf('.') + 1).toUpperCase(Locale.ROOT))));
    }

    private static Field<String> schema(String table) {
        int dot = table.indexOf('.');
        return dot < 0
                ? DSL.field("current_schema", String.class)
                : DSL.inline(table.substring(0, dot).toUpperCase(Locale.ROOT));
    }
}
