package dev.ringshard.internal.tables;

import static dev.ringshard.internal.shard.PrintedExpressions.marked;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.internal.shard.PrintedExpressions;
import dev.ringshard.internal.shard.Shard;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jooq.Record;

/**
 * What two shards define differently and rows do not tell: tables that are not sharded, rights, row-level security, triggers,
 * sequences, defaults, functions, types and views. Rows can move all the same; whoever works on them may find a difference.
 */
public final class SchemaDifferences {
    private static final int SHORT = 60;
    private static final String ABSENT = "absent";
    private static final String TABLE = "table ";

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

    private SchemaDifferences() {}

    /** Each as a sentence; empty if there are none, or the two are not both PostgreSQL. Reads catalogs only, where they
     * differ once more as {@link PrintedExpressions#reread}. */
    public static List<String> between(Shard one, Shard other) {
        if (one.dialect().kind() != DatabaseKind.POSTGRESQL || other.dialect().kind() != DatabaseKind.POSTGRESQL) {
            return List.of();
        }
        Map<String, String> markedHere = facts(one);
        Map<String, String> markedThere = facts(other);
        Map<String, String> here = reread(one, markedHere, markedThere);
        Map<String, String> there = reread(other, markedThere, markedHere);
        List<String> differences = new ArrayList<>();
        Set<String> lonely = lonely(here, there);
        Set<String> all = new TreeSet<>(here.keySet());
        all.addAll(there.keySet());
        for (String fact : all) {
            String ofHere = here.getOrDefault(fact, ABSENT);
            String ofThere = there.getOrDefault(fact, ABSENT);
            if (!ofHere.equals(ofThere) && lonely.stream().noneMatch(table -> isOf(fact, table))) {
                differences.add(sentence(fact, one, ofHere, other, ofThere));
            }
        }
        return differences;
    }

    private static Map<String, String> facts(Shard shard) {
        return shard.snapshot(reading -> {
            Map<String, String> facts = new TreeMap<>();
            for (Record fact : reading.dsl().fetch(FACTS)) {
                facts.put(fact.get(0, String.class), fact.get(1, String.class));
            }
            return facts;
        });
    }

    /** What both define, and not in the same words, is worded as the database reads its own print. */
    private static Map<String, String> reread(Shard shard, Map<String, String> facts, Map<String, String> ofOther) {
        Set<String> differing = new TreeSet<>();
        facts.forEach((fact, definition) -> {
            if (!definition.equals(ofOther.getOrDefault(fact, definition))) {
                differing.add(definition);
            }
        });
        Map<String, String> reread = PrintedExpressions.reread(shard, differing);
        Map<String, String> worded = new TreeMap<>();
        facts.forEach((fact, definition) ->
                worded.put(fact, reread.getOrDefault(definition, PrintedExpressions.printed(definition))));
        return worded;
    }

    /** The tables that only one of them has: of each, that is said, and nothing more. */
    private static Set<String> lonely(Map<String, String> here, Map<String, String> there) {
        Set<String> tables = new TreeSet<>(here.keySet());
        tables.addAll(there.keySet());
        tables.removeIf(fact -> !fact.startsWith(TABLE) || (here.containsKey(fact) && there.containsKey(fact)));
        return tables.stream().map(fact -> fact.substring(TABLE.length())).collect(Collectors.toSet());
    }

    private static boolean isOf(String fact, String table) {
        return !fact.startsWith(TABLE) && (fact.endsWith(" " + table) || fact.contains(" " + table + "."));
    }

    private static String sentence(String fact, Shard one, String ofOne, Shard other, String ofOther) {
        if ((isShort(ofOne) && isShort(ofOther)) || ofOne.equals(ABSENT) || ofOther.equals(ABSENT)) {
            return "%s is %s on %s and %s on %s."
                    .formatted(fact, shown(ofOne), one.name(), shown(ofOther), other.name());
        }
        return "%s is not the same on %s and %s.".formatted(fact, one.name(), other.name());
    }

    private static String shown(String definition) {
        return isShort(definition) ? definition : "there";
    }

    private static boolean isShort(String definition) {
        return definition.length() <= SHORT && definition.indexOf('\n') < 0;
    }
}
