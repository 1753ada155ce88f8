package dev.ringshard.internal.fence;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.internal.ownership.ShardedTableTable;
import dev.ringshard.internal.ownership.ShardedTableTable.FencedTable;
import dev.ringshard.internal.shard.Dialect;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.ShardTransaction;
import java.util.Locale;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.impl.DSL;

/** The index on the tokens of a sharded table, and the triggers that put the fence on it. */
public final class TableFence {
    private TableFence() {}

    /**
     * Gives a table an index on the tokens of its rows where these are computed, and puts the fence on it; both unless they
     * are there and at work, as everybody's work on the table has to wait for the fence. Repeating it changes nothing.
     *
     * @param schema and {@code name}, the table's, in the case of letters in which its database keeps names
     */
    public static void put(Shard shard, ShardedTable table, String schema, String name) {
        if (table.token().isEmpty()) {
            index(shard, table);
        }
        shard.transaction(fencing -> {
            DSLContext dsl = fencing.dsl();
            FencedTable fenced = fenced(shard.dialect(), table, schema, name);
            boolean isRecorded = ShardedTableTable.all(dsl).contains(fenced);
            if (!isRecorded) {
                ShardedTableTable.put(dsl, fenced);
            }
            triggers(dsl, shard.dialect(), table, isRecorded);
            return true;
        });
    }

    private static FencedTable fenced(Dialect dialect, ShardedTable table, String schema, String name) {
        String token =
                switch (dialect.kind()) {
                    case POSTGRESQL -> table.token().orElseGet(() -> table.key().orElseThrow());
                    case H2 -> dialect.token(table).toUpperCase(Locale.ROOT);
                };
        Optional<String> key = dialect.kind() == dev.ringshard.config.DatabaseKind.H2
                ? table.key().map(column -> column.toUpperCase(Locale.ROOT))
                : table.key();
        return new FencedTable(schema, name, key, token);
    }

    private static void triggers(DSLContext dsl, Dialect dialect, ShardedTable table, boolean isRecorded) {
        switch (dialect.kind()) {
            case POSTGRESQL -> {
                if (!isRecorded || !isAtWork(dsl, table)) {
                    dsl.execute(
                            "SELECT ringshard.fence_table(CAST(? AS regclass), ?, ?)",
                            table.name(),
                            table.token().orElseGet(() -> table.key().orElseThrow()),
                            table.token().isPresent());
                }
            }
            case H2 -> {
                String trigger = (table.name() + "_ringshard_fence");
                if (!isRecorded) {
                    dsl.execute("DROP TRIGGER IF EXISTS " + trigger);
                }
                dsl.execute("CREATE TRIGGER IF NOT EXISTS %s BEFORE INSERT, UPDATE, DELETE ON %s FOR EACH ROW CALL '%s'"
                        .formatted(trigger, table.name(), H2Fence.class.getName()));
            }
        }
    }

    /**
     * Whether the triggers are there and at work: one that was disabled is not. A third is needed where another trigger comes
     * after the fence, and could set another key.
     */
    private static boolean isAtWork(DSLContext dsl, ShardedTable table) {
        return dsl.fetchSingle("""
                        SELECT count(*) FILTER (WHERE tgname LIKE 'ringshard\\_fence%' AND tgenabled IN ('O', 'A'))
                            >= 2 + least(1, count(*) FILTER (WHERE tgname COLLATE "C" > 'ringshard_fence_truncate'
                                                             AND tgtype & 3 = 3 AND tgtype & 20 <> 0))
                        FROM pg_trigger WHERE tgrelid = CAST(? AS regclass) AND NOT tgisinternal""", table.name()).get(0, Boolean.class);
    }

    /** Whether a table is fenced, by triggers that are at work; changes nothing. */
    public static boolean isAtWork(ShardTransaction reading, ShardedTable table) {
        return switch (reading.shard().dialect().kind()) {
            case POSTGRESQL -> isAtWork(reading.dsl(), table);
            case H2 ->
                reading.dsl()
                        .fetchExists(DSL.selectOne()
                                .from("information_schema.triggers")
                                .where(DSL.field("trigger_name", String.class)
                                        .eq((table.plainName() + "_ringshard_fence").toUpperCase(Locale.ROOT)))
                                .and(DSL.field("event_object_schema", String.class)
                                        .eq(schemaOnH2(table))));
        };
    }

    private static Field<String> schemaOnH2(ShardedTable table) {
        int dot = table.name().indexOf('.');
        return dot < 0
                ? DSL.field("current_schema", String.class)
                : DSL.inline(table.name().substring(0, dot).toUpperCase(Locale.ROOT));
    }

    private static void index(Shard shard, ShardedTable table) {
        shard.autocommit(connection -> {
            DSLContext dsl = shard.dialect().dsl(connection);
            switch (shard.dialect().kind()) {
                case POSTGRESQL -> indexOnline(dsl, table, shard.dialect().token(table));
                case H2 -> generateToken(dsl, table, shard.dialect().token(table));
            }
            return true;
        });
    }

    /** Beside everybody's work. An index that an interrupted attempt has left invalid is built anew. */
    private static void indexOnline(DSLContext dsl, ShardedTable table, String token) {
        String name = "ringshard_%s_token".formatted(shortened(table.plainName()));
        var there = dsl.fetchOptional("""
                SELECT i.indisvalid, c.oid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
                WHERE i.indrelid = CAST(? AS regclass) AND c.relname = ?""", table.name(), name);
        if (there.isPresent() && !there.get().get(0, Boolean.class)) {
            dsl.execute("DROP INDEX CONCURRENTLY " + there.get().get(1, String.class));
        }
        if (there.isEmpty() || !there.get().get(0, Boolean.class)) {
            dsl.execute("CREATE INDEX CONCURRENTLY %s ON %s (%s)".formatted(name, table.name(), token));
        }
    }

    /** What fits PostgreSQL's names with something before and behind. */
    private static String shortened(String name) {
        return name.substring(0, Math.min(name.length(), 40));
    }

    private static void generateToken(DSLContext dsl, ShardedTable table, String column) {
        dsl.execute(
                "ALTER TABLE %s ADD COLUMN IF NOT EXISTS %s bigint INVISIBLE GENERATED ALWAYS AS (ringshard.token(CAST(%s AS varchar)))"
                        .formatted(table.name(), column, table.key().orElseThrow()));
        dsl.execute("CREATE INDEX IF NOT EXISTS %sringshard_%s_token ON %s (%s)"
                .formatted(
                        table.name().substring(0, table.name().indexOf('.') + 1),
                        shortened(table.plainName()),
                        table.name(),
                        column));
    }
}
