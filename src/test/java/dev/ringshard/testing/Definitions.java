package dev.ringshard.testing;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * All that a database of PostgreSQL's defines, as its catalogs say: a line for each thing, with the options, owners and rights that
 * a dump of the schema would hold. Not what a server holds for all its databases, such as roles.
 */
public final class Definitions {
    private static final String QUERY = """
            WITH schemas AS (SELECT oid, nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'),
                relations AS (SELECT pg_class.*, CAST(pg_class.oid AS regclass) AS name FROM pg_class JOIN schemas ON schemas.oid = relnamespace)
            SELECT concat_ws(' ', 'schema', nspname, CAST(nspowner AS regrole), nspacl) FROM pg_namespace WHERE oid IN (SELECT oid FROM schemas)
            UNION ALL
            SELECT concat_ws(' ', 'relation', name, relkind, CAST(relowner AS regrole), relpersistence, relacl, reloptions, relrowsecurity,
                relforcerowsecurity, relreplident, relispartition, reltablespace, relam) FROM relations
            UNION ALL
            SELECT concat_ws(' ', 'column', name, attnum, attname, format_type(atttypid, atttypmod), attnotnull, attidentity, attgenerated,
                attcollation, attstorage, attacl, attoptions, attisdropped, pg_get_expr(adbin, adrelid))
            FROM pg_attribute JOIN relations ON relations.oid = attrelid LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
            WHERE attnum > 0 AND relkind <> 'i'
            UNION ALL
            SELECT concat_ws(' ', 'constraint', CAST(conrelid AS regclass), conname, pg_get_constraintdef(pg_constraint.oid), convalidated)
            FROM pg_constraint JOIN schemas ON schemas.oid = connamespace
            UNION ALL
            SELECT concat_ws(' ', 'index', pg_get_indexdef(indexrelid), indisvalid, indisclustered, indisreplident)
            FROM pg_index JOIN relations ON relations.oid = indexrelid
            UNION ALL
            SELECT concat_ws(' ', 'trigger', pg_get_triggerdef(pg_trigger.oid), tgenabled)
            FROM pg_trigger JOIN relations ON relations.oid = tgrelid WHERE NOT tgisinternal
            UNION ALL
            SELECT concat_ws(' ', 'rule', pg_get_ruledef(pg_rewrite.oid), ev_enabled) FROM pg_rewrite JOIN relations ON relations.oid = ev_class
            UNION ALL
            SELECT concat_ws(' ', 'policy', name, polname, polcmd, polroles, pg_get_expr(polqual, polrelid))
            FROM pg_policy JOIN relations ON relations.oid = polrelid
            UNION ALL
            SELECT concat_ws(' ', 'sequence', CAST(seqrelid AS regclass), CAST(seqtypid AS regtype), seqstart, seqincrement, seqmax, seqmin, seqcache, seqcycle)
            FROM pg_sequence JOIN relations ON relations.oid = seqrelid
            UNION ALL
            SELECT concat_ws(' ', 'function', pg_get_functiondef(pg_proc.oid), CAST(proowner AS regrole), proacl)
            FROM pg_proc JOIN schemas ON schemas.oid = pronamespace WHERE prokind IN ('f', 'p')
            UNION ALL
            SELECT concat_ws(' ', 'type', CAST(pg_type.oid AS regtype), typtype, CAST(typowner AS regrole), typacl,
                (SELECT string_agg(enumlabel, ',' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = pg_type.oid))
            FROM pg_type JOIN schemas ON schemas.oid = typnamespace
            UNION ALL
            SELECT concat_ws(' ', 'comment', pg_describe_object(classoid, objoid, objsubid), description) FROM pg_description
            WHERE objoid >= 16384
            UNION ALL
            SELECT concat_ws(' ', 'default rights', CAST(defaclrole AS regrole), defaclnamespace, defaclobjtype, defaclacl) FROM pg_default_acl
            UNION ALL
            SELECT concat_ws(' ', 'extension', extname, extversion) FROM pg_extension
            UNION ALL
            SELECT concat_ws(' ', 'setting', setrole, setconfig) FROM pg_db_role_setting
            WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
            UNION ALL
            SELECT concat_ws(' ', 'publication', pubname) FROM pg_publication
            UNION ALL
            SELECT concat_ws(' ', 'statistics', pg_get_statisticsobjdef(pg_statistic_ext.oid)) FROM pg_statistic_ext
            ORDER BY 1""";

    private Definitions() {}

    /** In no order that means anything, but always the same. */
    public static List<String> of(TestDatabase database) throws SQLException {
        List<String> definitions = new ArrayList<>();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(QUERY)) {
            while (rows.next()) {
                definitions.add(rows.getString(1));
            }
        }
        return definitions;
    }
}
