package dev.ringshard.internal.shard;

import dev.ringshard.internal.shard.FoundTable.ForeignKey;
import dev.ringshard.internal.shard.FoundTable.FoundColumn;
import dev.ringshard.internal.shard.FoundTable.Reaction;
import dev.ringshard.internal.shard.FoundTable.UniqueIndex;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jooq.DSLContext;
import org.jooq.Record;

/** Reads what PostgreSQL's catalogs say of a database's tables. */
final class PostgresFoundTables {
    private static final String TABLES = """
            SELECT c.oid::bigint, CASE WHEN n.nspname = current_schema() THEN '' ELSE quote_ident(n.nspname) || '.' END || quote_ident(c.relname),
                   CASE WHEN c.relkind = 'p' THEN (SELECT sum(pg_total_relation_size(relid))::bigint FROM pg_partition_tree(c.oid))
                        ELSE pg_total_relation_size(c.oid) END,
                   EXISTS (SELECT FROM pg_catalog.pg_depend WHERE classid = 'pg_catalog.pg_class'::regclass AND objid = c.oid AND deptype = 'e'),
                   c.relrowsecurity,
                   CASE WHEN NOT pg_has_role(c.relowner, 'USAGE') THEN pg_get_userbyid(c.relowner) END,
                   c.relkind = 'r' AND pg_relation_size(c.oid) = 0
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
              AND n.nspname NOT IN ('information_schema', 'ringshard') AND NOT starts_with(n.nspname, 'pg_')
            ORDER BY 2""";

    private static final String COLUMNS = """
            SELECT attrelid::bigint, quote_ident(attname), format_type(atttypid, atttypmod), NOT attnotnull,
                   attidentity <> '' OR coalesce(pg_get_expr(adbin, adrelid) LIKE 'nextval(%', false),
                   (SELECT max(CASE WHEN has_sequence_privilege(sequence.oid, 'SELECT') THEN pg_sequence_last_value(sequence.oid) END)
                    FROM pg_catalog.pg_depend owned JOIN pg_catalog.pg_class sequence ON sequence.oid = owned.objid AND relkind = 'S'
                    WHERE owned.refclassid = CAST('pg_class' AS regclass) AND owned.refobjid = attrelid AND owned.refobjsubid = attnum)
            FROM pg_catalog.pg_attribute LEFT JOIN pg_catalog.pg_attrdef ON adrelid = attrelid AND adnum = attnum
            WHERE attrelid = ANY (CAST(? AS bigint[])::oid[]) AND attnum > 0 AND NOT attisdropped
            ORDER BY attrelid, attnum""";

    private static final String REFERENCES = """
            SELECT quote_ident(conname), conrelid::bigint, confrelid::bigint,
                   ARRAY(SELECT quote_ident(attname) FROM unnest(conkey) WITH ORDINALITY key (number, place)
                         JOIN pg_catalog.pg_attribute ON attrelid = conrelid AND attnum = number ORDER BY place),
                   ARRAY(SELECT quote_ident(attname) FROM unnest(confkey) WITH ORDINALITY key (number, place)
                         JOIN pg_catalog.pg_attribute ON attrelid = confrelid AND attnum = number ORDER BY place)
            FROM pg_catalog.pg_constraint WHERE contype = 'f' AND conparentid = 0
              AND conrelid = ANY (CAST(? AS bigint[])::oid[]) AND confrelid = ANY (CAST(? AS bigint[])::oid[])
            ORDER BY conrelid, conname""";

    private static final String UNIQUE = """
            SELECT indrelid::bigint, quote_ident(relname), indisprimary,
                   ARRAY(SELECT quote_ident(attname) FROM unnest(indkey) WITH ORDINALITY part (number, place)
                         JOIN pg_catalog.pg_attribute ON attrelid = indrelid AND attnum = number WHERE place <= indnkeyatts),
                   (SELECT string_agg(pg_get_indexdef(indexrelid, part, true), ', ' ORDER BY part) FROM generate_series(1, indnkeyatts) part)
                       || coalesce(' where ' || pg_get_expr(indpred, indrelid), '')
            FROM pg_catalog.pg_index JOIN pg_catalog.pg_class ON pg_class.oid = indexrelid
            WHERE indisunique AND indrelid = ANY (CAST(? AS bigint[])::oid[])
            ORDER BY indrelid, NOT indisprimary, relname""";

    private static final String REACTIONS = """
            SELECT tgrelid::bigint, 'trigger', quote_ident(tgname), tgenabled IN ('A', 'R') FROM pg_catalog.pg_trigger
            WHERE NOT tgisinternal AND NOT starts_with(tgname, 'ringshard_') AND tgrelid = ANY (CAST(? AS bigint[])::oid[])
            UNION ALL
            SELECT ev_class::bigint, 'rule', quote_ident(rulename), ev_enabled IN ('A', 'R') FROM pg_catalog.pg_rewrite WHERE ev_class = ANY (CAST(? AS bigint[])::oid[])
            ORDER BY 1, 2 DESC, 3""";

    private PostgresFoundTables() {}

    /** In one transaction. */
    static FoundTables read(Dialect dialect, Connection connection) throws SQLException {
        DSLContext dsl = dialect.dsl(connection);
        List<Record> rows = dsl.fetch(TABLES);
        Long[] ids = rows.stream().map(row -> row.get(0, Long.class)).toArray(Long[]::new);
        Map<Long, List<FoundColumn>> columns = columns(dsl, ids);
        Map<Long, FoundTable> byId = new LinkedHashMap<>();
        for (Record row : rows) {
            FoundTable table = table(dialect, connection, row, columns);
            byId.put(table.id(), table);
        }
        return new FoundTables(
                List.copyOf(byId.values()),
                dsl.fetch(REFERENCES, ids, ids).map(row -> reference(row, byId)),
                dsl.fetch(UNIQUE, (Object) ids).map(PostgresFoundTables::uniqueIndex),
                dsl.fetch(REACTIONS, ids, ids)
                        .map(row -> new Reaction(
                                row.get(0, Long.class),
                                row.get(1, String.class),
                                row.get(2, String.class),
                                row.get(3, Boolean.class))));
    }

    private static Map<Long, List<FoundColumn>> columns(DSLContext dsl, Long[] ids) {
        Map<Long, List<FoundColumn>> columns = new LinkedHashMap<>();
        dsl.fetch(COLUMNS, (Object) ids)
                .forEach(row -> columns.computeIfAbsent(row.get(0, Long.class), first -> new ArrayList<>())
                        .add(new FoundColumn(
                                row.get(1, String.class),
                                row.get(2, String.class),
                                row.get(3, Boolean.class),
                                row.get(4, Boolean.class),
                                row.get(5) == null ? OptionalLong.empty() : OptionalLong.of(row.get(5, Long.class)))));
        return columns;
    }

    private static FoundTable table(
            Dialect dialect, Connection connection, Record row, Map<Long, List<FoundColumn>> columns)
            throws SQLException {
        String name = row.get(1, String.class);
        boolean isEmpty = row.get(6, Boolean.class);
        return new FoundTable(
                row.get(0, Long.class),
                name,
                isEmpty ? 0 : rows(dialect, connection, name),
                row.get(2, Long.class),
                row.get(3, Boolean.class),
                row.get(4, Boolean.class),
                Optional.ofNullable(row.get(5, String.class)),
                List.copyOf(columns.getOrDefault(row.get(0, Long.class), List.of())));
    }

    private static long rows(Dialect dialect, Connection connection, String name) throws SQLException {
        return dialect.size(connection, name).map(TableSize::rows).orElse(0L);
    }

    private static ForeignKey reference(Record row, Map<Long, FoundTable> byId) {
        String[] child = row.get(3, String[].class);
        String[] parent = row.get(4, String[].class);
        List<ForeignKey.Pair> pairs = new ArrayList<>();
        for (int i = 0; i < child.length; i++) {
            pairs.add(new ForeignKey.Pair(child[i], parent[i]));
        }
        return new ForeignKey(
                row.get(0, String.class),
                Objects.requireNonNull(byId.get(row.get(1, Long.class))),
                Objects.requireNonNull(byId.get(row.get(2, Long.class))),
                List.copyOf(pairs));
    }

    private static UniqueIndex uniqueIndex(Record row) {
        return new UniqueIndex(
                row.get(0, Long.class),
                row.get(1, String.class),
                row.get(2, Boolean.class),
                Set.copyOf(Arrays.asList(row.get(3, String[].class))),
                row.get(4, String.class));
    }
}
