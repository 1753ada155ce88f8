package dev.ringshard.internal.shard;

import static dev.ringshard.internal.shard.PrintedExpressions.marked;

import dev.ringshard.internal.shard.FoundTable.ForeignKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jooq.DSLContext;
import org.jooq.Record;

/** What is defined in a database of PostgreSQL's beside the schema {@code ringshard}, as its catalogs tell. */
public record PostgresDefinitions() {
    private static final String OF_TABLE = "'ONLY ' || name";

    /**
     * What it is, and how it is defined; by names alone, which mean the same in both databases. {@link PrintedExpressions} are
     * marked.
     */
    private static final String FACTS = """
            WITH relations AS (
                SELECT pg_class.*, format('%%I.%%I', nspname, relname) AS name FROM pg_catalog.pg_class
                    JOIN pg_catalog.pg_namespace ON pg_namespace.oid = relnamespace
                WHERE nspname NOT IN ('ringshard', 'information_schema') AND nspname NOT LIKE 'pg\\_%%'
                  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend
                      WHERE classid = CAST('pg_class' AS regclass) AND objid = pg_class.oid AND deptype = 'e')),
            tables AS (SELECT * FROM relations WHERE relkind IN ('r', 'p'))
            SELECT 'table ' || name, 'there' FROM tables
            UNION ALL
            SELECT format('column %%s.%%I', name, attname), concat_ws(' ', format_type(atttypid, atttypmod),
                CASE WHEN attnotnull THEN 'NOT NULL' END, 'DEFAULT ' || %s,
                'IDENTITY ' || nullif(CAST(attidentity AS text), ''))
            FROM tables JOIN pg_catalog.pg_attribute ON attrelid = tables.oid
                LEFT JOIN pg_catalog.pg_attrdef ON adrelid = attrelid AND adnum = attnum
            WHERE attnum > 0 AND NOT attisdropped
            UNION ALL
            SELECT format('constraint %%s of %%s', conname, name),
                coalesce(replace(pg_get_constraintdef(pg_constraint.oid), pg_get_expr(conbin, conrelid), %s), pg_get_constraintdef(pg_constraint.oid))
            FROM tables JOIN pg_catalog.pg_constraint ON conrelid = tables.oid WHERE contype <> 'n'
            UNION ALL
            SELECT format('index %%s of %%s', index.relname, tables.name),
                coalesce(replace(columns, pg_get_expr(indexprs, indrelid), %s), columns) || coalesce(' WHERE ' || %s, '')
            FROM tables JOIN pg_catalog.pg_index ON indrelid = tables.oid JOIN pg_catalog.pg_class index ON index.oid = indexrelid
                CROSS JOIN LATERAL left(pg_get_indexdef(indexrelid), length(pg_get_indexdef(indexrelid))
                    - length(coalesce(' WHERE ' || pg_get_expr(indpred, indrelid), ''))) columns
            WHERE index.relname NOT LIKE 'ringshard\\_%%' AND NOT index.relispartition
            UNION ALL
            SELECT format('trigger %%s of %%s', tgname, name),
                coalesce(replace(pg_get_triggerdef(pg_trigger.oid), condition, %s), pg_get_triggerdef(pg_trigger.oid)) || ' ' || CAST(tgenabled AS text)
            FROM relations JOIN pg_catalog.pg_trigger ON tgrelid = relations.oid
                CROSS JOIN LATERAL substring(pg_get_triggerdef(pg_trigger.oid) FROM ' WHEN \\((.*)\\) EXECUTE ') condition
            WHERE NOT tgisinternal AND tgparentid = 0 AND tgname NOT LIKE 'ringshard\\_%%'
            UNION ALL
            SELECT 'row-level security of ' || name, concat_ws(' ', CASE WHEN relrowsecurity THEN 'on' ELSE 'off' END,
                CASE WHEN relforcerowsecurity THEN 'also for the owner' END) FROM tables
            UNION ALL
            SELECT format('policy %%s of %%s', polname, name), concat_ws(' ', polcmd, polpermissive, %s,
                'CHECK ' || %s, 'TO ' || (SELECT string_agg(CAST(CAST(role AS regrole) AS text), ',' ORDER BY CAST(CAST(role AS regrole) AS text))
                                                      FROM unnest(polroles) role))
            FROM tables JOIN pg_catalog.pg_policy ON polrelid = tables.oid
            UNION ALL
            SELECT format('rights of %%s on %%s', CASE grantee WHEN 0 THEN 'PUBLIC' ELSE CAST(CAST(grantee AS regrole) AS text) END, name),
                string_agg(privilege_type, ', ' ORDER BY privilege_type)
            FROM relations CROSS JOIN LATERAL aclexplode(coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN CAST('s' AS "char") ELSE 'r' END, relowner)))
            WHERE relkind IN ('r', 'p', 'v', 'm', 'S') AND privilege_type <> 'MAINTAIN' GROUP BY grantee, name
            UNION ALL
            SELECT 'sequence ' || name, concat_ws(' ', CAST(seqtypid AS regtype), 'START', seqstart, 'INCREMENT', seqincrement,
                seqmin, seqmax, 'CACHE', seqcache, CASE WHEN seqcycle THEN 'CYCLE' END)
            FROM relations JOIN pg_catalog.pg_sequence ON seqrelid = relations.oid
            UNION ALL
            SELECT 'view ' || name, %s FROM relations WHERE relkind IN ('v', 'm')
            UNION ALL
            SELECT format('function %%s(%%s)', CAST(pg_proc.oid AS regproc), pg_get_function_identity_arguments(pg_proc.oid)), pg_get_functiondef(pg_proc.oid)
            FROM pg_catalog.pg_proc JOIN pg_catalog.pg_namespace ON pg_namespace.oid = pronamespace
            WHERE nspname NOT IN ('ringshard', 'information_schema') AND nspname NOT LIKE 'pg\\_%%' AND prokind IN ('f', 'p')
              AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
            UNION ALL
            SELECT 'type ' || CAST(CAST(enumtypid AS regtype) AS text), string_agg(enumlabel, ', ' ORDER BY enumsortorder)
            FROM pg_catalog.pg_enum GROUP BY enumtypid
            UNION ALL
            SELECT 'extension ' || extname, 'there' FROM pg_catalog.pg_extension""".formatted(
                    marked(OF_TABLE, "pg_get_expr(adbin, adrelid)"),
                    marked(OF_TABLE, "pg_get_expr(conbin, conrelid)"),
                    marked(OF_TABLE, "pg_get_expr(indexprs, indrelid)"),
                    marked(OF_TABLE, "pg_get_expr(indpred, indrelid)"),
                    marked("'ONLY ' || name || ' old, ONLY ' || name || ' new'", "condition"),
                    marked(OF_TABLE, "pg_get_expr(polqual, polrelid)"),
                    marked(OF_TABLE, "pg_get_expr(polwithcheck, polrelid)"),
                    marked("''", "pg_get_viewdef(oid)"));

    private static final String HAS_RELATIONS = """
            SELECT EXISTS (
                SELECT FROM pg_catalog.pg_class
                    JOIN pg_catalog.pg_namespace ON pg_namespace.oid = relnamespace
                WHERE nspname NOT IN ('ringshard', 'information_schema') AND nspname NOT LIKE 'pg\\_%'
                  AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
                  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend WHERE objid = pg_class.oid AND deptype = 'e'))""";

    /**
     * What is defined, by what it is: tables, columns, constraints, indexes, triggers, policies, rights, sequences, views, functions,
     * types and extensions. By names alone, which mean the same in another database; {@link PrintedExpressions} are marked.
     */
    public Map<String, String> facts(DSLContext dsl) {
        Map<String, String> facts = new TreeMap<>();
        for (Record fact : dsl.fetch(FACTS)) {
            facts.put(fact.get(0, String.class), fact.get(1, String.class));
        }
        return facts;
    }

    /** Whether there are tables, views or sequences that no extension made. */
    public boolean hasRelations(DSLContext dsl) {
        return dsl.fetchSingle(HAS_RELATIONS).get(0, Boolean.class);
    }

    /** Whether this user may make temporary views. */
    boolean mayMakeViews(DSLContext dsl) {
        return dsl.fetchSingle("SELECT has_database_privilege(current_database(), 'TEMPORARY')")
                .get(0, Boolean.class);
    }

    /** Whether this user may make a schema. */
    public boolean mayMakeSchemas(Connection connection) throws SQLException {
        return !Dialect.texts(connection, "SELECT 'yes' WHERE has_database_privilege(current_database(), 'CREATE')")
                .isEmpty();
    }

    /** What a superuser has to run so that this user's sessions can be replicas; empty if they can. */
    public Set<String> grantsToReplicas(Connection connection) throws SQLException {
        return Dialect.texts(connection, """
                SELECT 'GRANT SET ON PARAMETER session_replication_role TO ' || quote_ident(current_user) || ';'
                WHERE NOT has_parameter_privilege('session_replication_role', 'SET')""");
    }

    /** All tables, with what refers to them, is unique in them, and acts on their rows; in one transaction. */
    public FoundTables tables(Connection connection) throws SQLException {
        return PostgresFoundTables.read(new PostgresDialect(), connection);
    }

    /**
     * The statements that give a table a column for its key, filled and never null, while the application works.
     *
     * @param by the foreign key that leads to the key
     * @param parentKey the key's column in the table that is referred to
     */
    public List<String> filling(ForeignKey by, String key, String type, String parentKey) {
        return PostgresBackfill.fill(by, key, type, parentKey);
    }

    /** The statements after which a column has no null any more, without reading the table under a lock. */
    public List<String> refusingNull(FoundTable table, String column) {
        return PostgresBackfill.notNull(table, column);
    }
}
