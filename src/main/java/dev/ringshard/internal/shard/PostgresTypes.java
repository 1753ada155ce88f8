package dev.ringshard.internal.shard;

import dev.ringshard.config.ShardedTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.Set;

/** The types of a PostgreSQL table's columns, to their depth: which of its values mean the same in another database. */
final class PostgresTypes {
    /**
     * The types of a table's columns and all that these are made of: what domains stand for, elements of arrays, attributes of
     * composites, what ranges are of. {@code is_contained} where the binary form names the type by its number.
     */
    private static final String TYPES = """
            WITH RECURSIVE used (column_name, type_id, is_contained) AS (
                SELECT attname, atttypid, false FROM pg_catalog.pg_attribute
                WHERE attrelid = CAST(? AS regclass) AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
                UNION
                SELECT used.column_name, part.type_id, used.is_contained OR part.is_contained
                FROM used, LATERAL (
                    SELECT typbasetype, false FROM pg_catalog.pg_type WHERE oid = used.type_id AND typtype = 'd'
                    UNION ALL
                    SELECT typelem, true FROM pg_catalog.pg_type
                        WHERE oid = used.type_id AND typelem <> 0 AND typlen = -1
                    UNION ALL
                    SELECT rngsubtype, true FROM pg_catalog.pg_range WHERE rngtypid = used.type_id
                    UNION ALL
                    SELECT rngtypid, true FROM pg_catalog.pg_range WHERE rngmultitypid = used.type_id
                    UNION ALL
                    SELECT atttypid, true
                        FROM pg_catalog.pg_type composite JOIN pg_catalog.pg_attribute ON attrelid = composite.typrelid
                        WHERE composite.oid = used.type_id AND composite.typtype = 'c' AND attnum > 0 AND NOT attisdropped
                ) part (type_id, is_contained))
            """;

    /** Numbers of the database's own: of large objects, relations, functions, roles, transactions, places in the log. */
    private static final String LOCAL_TYPES = """
            ('oid', 'regclass', 'regproc', 'regprocedure', 'regoper', 'regoperator', 'regtype', 'regrole', 'regnamespace', \
            'regconfig', 'regdictionary', 'regcollation', 'xid', 'xid8', 'cid', 'tid', 'pg_lsn', 'pg_snapshot', 'txid_snapshot')""";

    /** What comes with PostgreSQL has the same number everywhere. */
    private static final int FIRST_OWN_TYPE = 16_384;

    /** As {@link DatabaseCatalog#unmovable}. */
    static Set<Obstacle> unmovable(Connection connection, ShardedTable sharded) throws SQLException {
        String table = sharded.name();
        Set<String> found = new LinkedHashSet<>(Dialect.texts(connection, TYPES + """
                SELECT DISTINCT 'has a column ' || column_name || ' with values of type ' || typname
                    || ', which mean something in this database only, such as the number of a large object: store the content itself'
                FROM used JOIN pg_catalog.pg_type ON pg_type.oid = type_id
                WHERE typnamespace = 'pg_catalog'::regnamespace AND typname IN %s
                ORDER BY 1""".formatted(LOCAL_TYPES), table));
        found.addAll(Dialect.texts(connection, """
                SELECT CASE WHEN relispartition THEN 'is a partition: name ' || CAST(inhparent AS regclass) || ', of which it is a part'
                            ELSE 'inherits from another table, or another one inherits from it: make it a plain table' END
                FROM pg_catalog.pg_inherits JOIN pg_catalog.pg_class ON pg_class.oid = inhrelid
                WHERE CAST(? AS regclass) = inhrelid OR (CAST(? AS regclass) = inhparent AND NOT relispartition) LIMIT 1""", table, table));
        found.addAll(Dialect.texts(connection, """
                SELECT 'has a partition ' || CAST(relid AS text) || ' on another server, which the fence does not keep: detach it'
                FROM pg_catalog.pg_partition_tree(CAST(? AS regclass)) JOIN pg_catalog.pg_class ON oid = relid WHERE relkind = 'f'
                ORDER BY 1""", table));
        found.addAll(hiddenCounters(connection, table));
        found.addAll(deferredConstraints(
                connection, table, sharded.key().or(sharded::token).orElseThrow()));
        if (sharded.key().isPresent()) {
            found.addAll(unfitKey(
                    connection, table, sharded.key().get(), sharded.token().isEmpty()));
        }
        Set<Obstacle> obstacles = Obstacle.all(Obstacle.Cause.OTHER, found);
        obstacles.addAll(Obstacle.all(Obstacle.Cause.UNLOGGED, Dialect.texts(connection, """
                SELECT 'is unlogged, so that a crash of the server empties it, also of rows that have just moved there: \
                ALTER TABLE ' || CAST(oid AS regclass) || ' SET LOGGED'
                FROM pg_catalog.pg_class
                WHERE (oid = CAST(? AS regclass) OR oid IN (SELECT relid FROM pg_catalog.pg_partition_tree(CAST(? AS regclass))))
                  AND relpersistence = 'u' ORDER BY 1""", table, table)));
        return obstacles;
    }

    /**
     * Which sequence a function counts in, only its text says, and that of those that it calls; its numbers could meet those of rows that
     * arrive. What a trigger inserts elsewhere is nobody's concern.
     */
    private static Set<String> hiddenCounters(Connection connection, String table) throws SQLException {
        return Dialect.texts(connection, """
                WITH RECURSIVE sources (place, id, text) AS (
                    SELECT 'for the column ' || attname || ' from the function ' || CAST(pg_proc.oid AS regprocedure), pg_proc.oid, prosrc
                    FROM pg_catalog.pg_attrdef JOIN pg_catalog.pg_attribute ON attrelid = adrelid AND attnum = adnum
                        JOIN pg_catalog.pg_depend ON classid = CAST('pg_catalog.pg_attrdef' AS regclass) AND objid = pg_attrdef.oid
                            AND refclassid = CAST('pg_catalog.pg_proc' AS regclass)
                        JOIN pg_catalog.pg_proc ON pg_proc.oid = refobjid
                    WHERE adrelid = CAST(? AS regclass)
                    UNION
                    SELECT 'from its trigger ' || tgname, pg_proc.oid, regexp_replace(prosrc, '\\minsert\\M[^;]*;', '', 'gi')
                    FROM pg_catalog.pg_trigger JOIN pg_catalog.pg_proc ON pg_proc.oid = tgfoid
                    WHERE tgrelid = CAST(? AS regclass) AND NOT tgisinternal AND tgtype & 7 = 7
                      AND prosrc ~* '(\\mnew\\.[^;]*:?=|\\minto\\s+(strict\\s+)?new\\.)'
                    UNION
                    SELECT place, called.oid, called.prosrc
                    FROM sources JOIN pg_catalog.pg_proc called
                        ON text ~* ('\\m' || regexp_replace(called.proname, '(\\W)', '\\\\\\1', 'g') || '\\M')
                    WHERE called.pronamespace <> CAST('pg_catalog' AS regnamespace) AND called.oid <> id),
                counting (place) AS (
                    SELECT place FROM sources JOIN pg_catalog.pg_proc ON pg_proc.oid = id
                    WHERE pronamespace IS DISTINCT FROM to_regnamespace('ringshard') AND (text ~* '\\mnextval\\M' OR EXISTS (
                        SELECT FROM pg_catalog.pg_depend body JOIN pg_catalog.pg_class sequence ON sequence.oid = body.refobjid
                        WHERE body.classid = CAST('pg_catalog.pg_proc' AS regclass) AND body.objid = id
                          AND body.refclassid = CAST('pg_catalog.pg_class' AS regclass) AND relkind = 'S'))
                    UNION
                    SELECT 'for the column ' || attname || ' from the default of its type ' || CAST(atttypid AS regtype)
                    FROM pg_catalog.pg_attribute
                        JOIN pg_catalog.pg_depend ON classid = CAST('pg_catalog.pg_type' AS regclass) AND objid = atttypid
                        JOIN pg_catalog.pg_class sequence ON refclassid = CAST('pg_catalog.pg_class' AS regclass) AND sequence.oid = refobjid
                    WHERE attrelid = CAST(? AS regclass) AND attnum > 0 AND NOT attisdropped AND relkind = 'S')
                SELECT 'takes numbers ' || place || ', and which sequence that counts in cannot be seen, so that new numbers could meet \
                those of rows that have moved here: let a default of the column call nextval itself, or ringshard.next_id()'
                FROM counting ORDER BY 1""", table, table, table);
    }

    /** What is checked at the end of a transaction is checked by triggers, which do not act on rows that move. */
    private static Set<String> deferredConstraints(Connection connection, String table, String column)
            throws SQLException {
        return Dialect.texts(connection, """
                SELECT 'has the constraint ' || conname || ', which is deferrable, so that it is not checked for rows that move, and does \
                not contain the key: make it NOT DEFERRABLE'
                FROM pg_catalog.pg_constraint
                WHERE conrelid = CAST(? AS regclass) AND condeferrable AND contype IN ('p', 'u', 'x')
                  AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute
                                  WHERE attrelid = conrelid AND attname = ? AND attnum = ANY (conkey))
                ORDER BY 1""", table, column);
    }

    /** A text that the database takes for the same as another, or writes in other bytes than UTF-8, has another token. */
    private static Set<String> unfitKey(Connection connection, String table, String key, boolean isHashed)
            throws SQLException {
        Set<String> found = new LinkedHashSet<>(Dialect.texts(connection, """
                SELECT 'has the key column ' || attname || ' of the collation ' || collname || ', by which two keys that are \
                written differently are the same, though they have two tokens: give it a deterministic collation'
                FROM pg_catalog.pg_attribute JOIN pg_catalog.pg_collation ON pg_collation.oid = attcollation
                WHERE attrelid = CAST(? AS regclass) AND attname = ? AND NOT collisdeterministic""", table, key));
        if (isHashed) {
            found.addAll(Dialect.texts(connection, """
                    SELECT 'has the key column ' || attname || ' in a database of the encoding ' || getdatabaseencoding()
                        || ', which would compute other tokens of texts than Ringshard does, from the bytes of UTF-8: make a \
                    database of the encoding UTF8, or declare a column that holds the token'
                    FROM pg_catalog.pg_attribute
                    WHERE attrelid = CAST(? AS regclass) AND attname = ? AND attcollation <> 0
                      AND getdatabaseencoding() <> 'UTF8'""", table, key));
        }
        return found;
    }

    /** As {@link DatabaseCatalog#ownTypes}. */
    static Set<String> own(Connection connection, String table) throws SQLException {
        return Dialect.texts(
                connection,
                TYPES
                        + """
                SELECT DISTINCT format_type(type_id, NULL) || ' ' || CASE typtype
                    WHEN 'e' THEN (SELECT string_agg(enumlabel, ', ' ORDER BY enumsortorder)
                                   FROM pg_catalog.pg_enum WHERE enumtypid = type_id)
                    WHEN 'd' THEN format_type(typbasetype, typtypmod) || CASE WHEN typnotnull THEN ' NOT NULL' ELSE '' END
                        || coalesce((SELECT string_agg(' ' || replace(pg_get_constraintdef(pg_constraint.oid), pg_get_expr(conbin, 0), %s), '' ORDER BY conname)
                                     FROM pg_catalog.pg_constraint WHERE contypid = type_id), '')
                    WHEN 'c' THEN (SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum)
                                   FROM pg_catalog.pg_attribute WHERE attrelid = typrelid AND attnum > 0 AND NOT attisdropped)
                    ELSE 'of kind ' || CAST(typtype AS text) END
                FROM used JOIN pg_catalog.pg_type ON pg_type.oid = type_id
                WHERE type_id >= %d AND typelem = 0 ORDER BY 1""".formatted(
                                        PrintedExpressions.marked(
                                                "'(SELECT CAST(NULL AS ' || format_type(typbasetype, typtypmod) || ') AS value) of_domain'",
                                                "pg_get_expr(conbin, 0)"),
                                        FIRST_OWN_TYPE),
                table);
    }

    /** As {@link DatabaseCatalog#hasLocalBinaryForm}. */
    static boolean haveLocalBinaryForm(Connection connection, String table) throws SQLException {
        return !Dialect.texts(connection, TYPES + """
                SELECT 'yes' FROM used JOIN pg_catalog.pg_type ON pg_type.oid = type_id
                WHERE (is_contained AND type_id >= %d) OR typsend = 0""".formatted(FIRST_OWN_TYPE), table)
                .isEmpty();
    }

    private PostgresTypes() {}
}
