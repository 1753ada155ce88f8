package dev.ringshard.internal.shard;

import dev.ringshard.config.ShardedTable;
import java.util.List;
import java.util.Set;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.Record1;
import org.jooq.ResultQuery;
import org.jooq.impl.DSL;

/** What fences a sharded table of PostgreSQL: an index on an expression, and triggers that a function of ours makes. */
final class PostgresFencing {
    /** PostgreSQL's names take so much of a table's with something before and behind. */
    private static final int LONGEST_NAME = 40;

    private PostgresFencing() {}

    /** As {@link Dialect#indexTokens}, beside everybody's work. An index that an interrupted attempt left invalid is built anew. */
    static boolean indexTokens(DSLContext dsl, ShardedTable table, String token) {
        String name = "ringshard_%s_token".formatted(shortened(table.plainName()));
        List<Record> there = dsl.fetch("""
                SELECT i.indisvalid, c.oid::regclass::text
                FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
                WHERE i.indrelid = CAST(? AS regclass) AND starts_with(c.relname, ?)
                  AND EXISTS (SELECT FROM pg_catalog.pg_depend JOIN pg_catalog.pg_attribute
                                  ON attrelid = refobjid AND attnum = refobjsubid
                              WHERE objid = i.indexrelid AND refobjid = i.indrelid AND attname = ?)
                ORDER BY i.indisvalid""", table.name(), name, table.key().orElseThrow());
        if (there.stream().anyMatch(index -> index.get(0, Boolean.class))) {
            return false;
        }
        there.forEach(index -> dsl.execute("DROP INDEX CONCURRENTLY " + index.get(1, String.class)));
        dsl.execute("CREATE INDEX CONCURRENTLY %s ON %s (%s)".formatted(free(dsl, table, name), table.name(), token));
        return true;
    }

    /** A name that no table has taken whose name begins alike, or that had this one's name before. */
    private static String free(DSLContext dsl, ShardedTable table, String name) {
        return dsl.fetchSingle("""
                        SELECT candidate FROM generate_series(1, 1000) n,
                            LATERAL (SELECT CAST(? AS text) || CASE n WHEN 1 THEN '' ELSE '_' || n END AS candidate) named
                        WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_class taken
                            WHERE taken.relname = candidate AND taken.relnamespace =
                                (SELECT relnamespace FROM pg_catalog.pg_class WHERE oid = CAST(? AS regclass)))
                        ORDER BY n LIMIT 1""", name, table.name()).get(0, String.class);
    }

    private static String shortened(String name) {
        return name.substring(0, Math.min(name.length(), LONGEST_NAME));
    }

    /** As {@link Dialect#fence}. */
    static void fence(DSLContext dsl, ShardedTable table, String column, boolean isRecorded) {
        if (!isRecorded || !unfenced(dsl, List.of(table)).isEmpty()) {
            dsl.execute(
                    "SELECT ringshard.fence_table(CAST(? AS regclass), ?, ?)",
                    table.name(),
                    column,
                    table.token().isPresent());
        }
    }

    /**
     * As {@link Dialect#unfenced}: a trigger that was disabled is not at work, and one that would log columns which are no longer
     * there would fail. A third is needed where another trigger comes
     * after the fence, and could set another key.
     */
    static List<ShardedTable> unfenced(DSLContext dsl, List<ShardedTable> tables) {
        Set<String> names = dsl.fetch(
                        """
                        SELECT name FROM unnest(CAST(? AS text[])) name
                        WHERE EXISTS (SELECT FROM unnest(ARRAY['ringshard_fence', 'ringshard_fence_truncate', 'ringshard_fence_after']) needed
                            WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                                    WHERE tgrelid = CAST(name AS regclass) AND tgname = needed AND tgenabled IN ('O', 'A'))
                              AND (needed <> 'ringshard_fence_after' OR EXISTS (SELECT FROM pg_catalog.pg_trigger
                                    WHERE tgrelid = CAST(name AS regclass) AND NOT tgisinternal
                                      AND tgname COLLATE "C" > 'ringshard_fence_truncate'
                                      AND tgtype & 3 = 3 AND tgtype & 20 <> 0)))
                           OR EXISTS (SELECT FROM ringshard.sharded_table fenced CROSS JOIN unnest(row_key) logged_column
                            WHERE CAST(name AS regclass) = to_regclass(format('%I.%I', schema_name, table_name))
                              AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute
                                WHERE attrelid = CAST(name AS regclass) AND attname = logged_column AND NOT attisdropped))""", (Object) tables.stream().map(ShardedTable::name).toArray(String[]::new))
                .intoSet(0, String.class);
        return tables.stream().filter(table -> names.contains(table.name())).toList();
    }

    /** As {@link Dialect#definition}: columns with their types and defaults, triggers, and what is recorded as fenced. */
    static ResultQuery<Record1<String>> definition(DSLContext dsl, List<ShardedTable> tables) {
        return dsl.resultQuery(
                        """
                        WITH sharded AS (SELECT CAST(name AS regclass)::oid AS id FROM unnest(CAST(? AS text[])) name)
                        SELECT md5(string_agg(part, ' ' ORDER BY part)) FROM (
                            SELECT concat_ws('/', attrelid, attnum, attname, atttypid, atttypmod, attgenerated, attidentity, pg_attrdef.oid)
                            FROM pg_catalog.pg_attribute JOIN sharded ON attrelid = id
                            LEFT JOIN pg_catalog.pg_attrdef ON adrelid = attrelid AND adnum = attnum
                            WHERE attnum > 0 AND NOT attisdropped
                            UNION ALL
                            SELECT concat_ws('/', tgrelid, tgname, tgenabled, tgfoid)
                            FROM pg_catalog.pg_trigger JOIN sharded ON tgrelid = id WHERE NOT tgisinternal
                            UNION ALL
                            SELECT concat_ws('/', schema_name, table_name, key_column, token_column, row_key)
                            FROM ringshard.sharded_table) parts (part)""", (Object) tables.stream().map(ShardedTable::name).toArray(String[]::new))
                .coerce(DSL.field("md5", String.class));
    }
}
