package dev.ringshard.internal.ownership;

import static dev.ringshard.generated.ringshard.Tables.REFERENCE_TABLE;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.impl.DSL;

/**
 * The SQL of {@code ringshard.reference_table}; tables are named as their database keeps their names. Every method runs in the
 * caller's transaction.
 */
public final class ReferenceTableTable {
    private ReferenceTableTable() {}

    /** What the shard holds of a table; empty if it is not under the fence. */
    public static Optional<ReferenceState> find(DSLContext dsl, String schema, String table) {
        return dsl.selectFrom(REFERENCE_TABLE)
                .where(is(schema, table))
                .fetchOptional()
                .map(ReferenceTableTable::state);
    }

    /** As {@link #find}, holding the row until the transaction ends: there is no other version meanwhile. */
    public static Optional<ReferenceState> lock(DSLContext dsl, String schema, String table) {
        return dsl.selectFrom(REFERENCE_TABLE)
                .where(is(schema, table))
                .forUpdate()
                .fetchOptional()
                .map(ReferenceTableTable::state);
    }

    /** Keeps all tables at their versions until the transaction ends. On PostgreSQL. */
    public static void holdVersions(DSLContext dsl) {
        dsl.execute("LOCK TABLE ringshard.reference_table IN SHARE MODE");
    }

    /** The tables that are under the fence, each as its schema, a dot, and its name. */
    public static List<String> names(DSLContext dsl) {
        return dsl.selectFrom(REFERENCE_TABLE)
                .orderBy(REFERENCE_TABLE.SCHEMA_NAME, REFERENCE_TABLE.TABLE_NAME)
                .fetch(row -> row.getSchemaName() + "." + row.getTableName());
    }

    /** What the shard holds of each table, by its schema, a dot, and its name. */
    public static Map<String, ReferenceState> all(DSLContext dsl) {
        return dsl.selectFrom(REFERENCE_TABLE)
                .fetchMap(row -> row.getSchemaName() + "." + row.getTableName(), ReferenceTableTable::state);
    }

    /** Stores what the shard holds of a table that was not under the fence; fails as a duplicate if it was. */
    public static void insert(DSLContext dsl, String schema, String table, ReferenceState state) {
        dsl.insertInto(REFERENCE_TABLE)
                .set(REFERENCE_TABLE.SCHEMA_NAME, schema)
                .set(REFERENCE_TABLE.TABLE_NAME, table)
                .set(REFERENCE_TABLE.VERSION, state.version())
                .set(REFERENCE_TABLE.HOME, state.home())
                .set(REFERENCE_TABLE.HOLDERS, state.holders().toArray(String[]::new))
                .set(REFERENCE_TABLE.DIGEST, state.digest())
                .set(REFERENCE_TABLE.IS_AHEAD, state.isAhead())
                .execute();
    }

    /** Stores what the shard holds of a table now. */
    public static void update(DSLContext dsl, String schema, String table, ReferenceState state) {
        dsl.update(REFERENCE_TABLE)
                .set(REFERENCE_TABLE.VERSION, state.version())
                .set(REFERENCE_TABLE.HOME, state.home())
                .set(REFERENCE_TABLE.HOLDERS, state.holders().toArray(String[]::new))
                .set(REFERENCE_TABLE.DIGEST, state.digest())
                .set(REFERENCE_TABLE.IS_AHEAD, state.isAhead())
                .set(REFERENCE_TABLE.CHANGED_AT, DSL.currentOffsetDateTime())
                .where(is(schema, table))
                .execute();
    }

    /** Forgets a table that is under the fence no more. */
    public static void delete(DSLContext dsl, String schema, String table) {
        dsl.deleteFrom(REFERENCE_TABLE).where(is(schema, table)).execute();
    }

    private static Condition is(String schema, String table) {
        return REFERENCE_TABLE.SCHEMA_NAME.eq(schema).and(REFERENCE_TABLE.TABLE_NAME.eq(table));
    }

    private static ReferenceState state(Record row) {
        return new ReferenceState(
                row.get(REFERENCE_TABLE.VERSION),
                row.get(REFERENCE_TABLE.HOME),
                new ArrayList<>(List.of(row.get(REFERENCE_TABLE.HOLDERS))),
                row.get(REFERENCE_TABLE.DIGEST),
                row.get(REFERENCE_TABLE.IS_AHEAD));
    }
}
