package dev.ringshard.internal.shard;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What PostgreSQL's catalogs say of a table that rows are to be moved from and to. */
final class PostgresTables {
    private static final String HOW_TO_MOVE_PAST_THEM =
            "Let a superuser run: GRANT SET ON PARAMETER session_replication_role TO the mover's user; then nothing acts on such rows but triggers and rules that are enabled ALWAYS or REPLICA, which must be enabled as others are.";

    /**
     * By look-ups and not by joins, for which the database would seek an order longer than it reads; the driver's metadata take some
     * twenty times as long. Those of a partition are its parent's.
     */
    static List<ForeignKeyColumn> foreignKeys(Connection connection, String schema, String table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                SELECT conname AS "FK_NAME",
                       (SELECT nspname FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_namespace.oid = relnamespace
                        WHERE pg_class.oid = conrelid) AS "FKTABLE_SCHEM",
                       (SELECT relname FROM pg_catalog.pg_class WHERE oid = conrelid) AS "FKTABLE_NAME",
                       (SELECT attname FROM pg_catalog.pg_attribute
                        WHERE attrelid = conrelid AND attnum = child) AS "FKCOLUMN_NAME",
                       (SELECT nspname FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_namespace.oid = relnamespace
                        WHERE pg_class.oid = confrelid) AS "PKTABLE_SCHEM",
                       (SELECT relname FROM pg_catalog.pg_class WHERE oid = confrelid) AS "PKTABLE_NAME",
                       (SELECT attname FROM pg_catalog.pg_attribute
                        WHERE attrelid = confrelid AND attnum = parent) AS "PKCOLUMN_NAME"
                FROM pg_catalog.pg_constraint
                    CROSS JOIN LATERAL unnest(conkey, confkey) WITH ORDINALITY AS pair (child, parent, place)
                WHERE contype = 'f' AND conparentid = 0
                    AND (SELECT pg_class.oid FROM pg_catalog.pg_class
                             JOIN pg_catalog.pg_namespace ON pg_namespace.oid = relnamespace
                         WHERE nspname = ? AND relname = ?) IN (conrelid, confrelid)
                ORDER BY conname, conrelid, place""")) {
            statement.setString(1, schema);
            statement.setString(2, table);
            return ForeignKeyColumn.all(statement.executeQuery());
        }
    }

    /**
     * If a mover is a replica, triggers and rules that were told to act for those, too. If not, all triggers and rules of others,
     * and foreign keys that delete or change rows. And row-level security, where the user is under it; and a publication that
     * would have a purge fail.
     */
    static Set<Obstacle> barsToMover(Connection connection, String table) throws SQLException {
        Set<Obstacle> bars = new LinkedHashSet<>();
        Set<String> acting = Dialect.texts(connection, """
                WITH mover AS (SELECT has_parameter_privilege('session_replication_role', 'SET') AS is_replica)
                SELECT 'trigger ' || tgname FROM pg_catalog.pg_trigger, mover
                WHERE (tgrelid = CAST(? AS regclass) OR tgrelid IN (SELECT relid FROM pg_catalog.pg_partition_tree(CAST(? AS regclass))))
                  AND NOT tgisinternal AND tgname NOT LIKE 'ringshard\\_%'
                  AND tgenabled IN ('A', CASE WHEN is_replica THEN 'R' ELSE 'O' END)
                UNION ALL
                SELECT 'foreign key ' || conname || ' of ' || conrelid::regclass FROM pg_catalog.pg_constraint, mover
                WHERE confrelid = CAST(? AS regclass) AND contype = 'f' AND confdeltype IN ('c', 'n', 'd')
                  AND NOT is_replica
                UNION ALL
                SELECT 'foreign key ' || conname || ' of ' || conrelid::regclass || ' (its triggers are told to act for replicas)'
                FROM pg_catalog.pg_trigger JOIN pg_catalog.pg_constraint ON pg_constraint.oid = tgconstraint, mover
                WHERE tgrelid = CAST(? AS regclass) AND tgisinternal AND contype = 'f' AND is_replica AND tgenabled IN ('A', 'R')
                UNION ALL
                SELECT 'rule ' || rulename FROM pg_catalog.pg_rewrite, mover
                WHERE ev_class = CAST(? AS regclass) AND ev_enabled IN ('A', CASE WHEN is_replica THEN 'R' ELSE 'O' END)
                ORDER BY 1""", table, table, table, table, table);
        if (!acting.isEmpty()) {
            bars.add(new Obstacle(
                    Obstacle.Cause.NO_REPLICA,
                    "has %s, which would act on rows that move. %s"
                            .formatted(String.join(", ", acting), HOW_TO_MOVE_PAST_THEM)));
        }
        bars.addAll(Obstacle.all(Obstacle.Cause.OTHER, Dialect.texts(connection, """
                SELECT 'has row-level security, which hides rows from this user, and what is hidden would not be moved. Let a \
                superuser run: ALTER ROLE ' || quote_ident(current_user) || ' BYPASSRLS.'
                WHERE row_security_active(CAST(? AS regclass))""", table)));
        bars.addAll(Obstacle.all(Obstacle.Cause.OTHER, Dialect.texts(connection, """
                SELECT 'is published with its deletes by ' || string_agg(quote_ident(pubname), ', ' ORDER BY pubname)
                    || ' and has no replica identity, so that no row of it can be deleted. Run: ALTER TABLE '
                    || CAST(relid AS text) || ' REPLICA IDENTITY FULL.'
                FROM (SELECT pubname, CAST(CAST(? AS regclass) AS oid) AS published, CAST(? AS regclass) AS relid FROM pg_catalog.pg_publication
                      WHERE pubdelete AND (puballtables
                          OR EXISTS (SELECT FROM pg_catalog.pg_publication_rel
                                     WHERE prpubid = pg_publication.oid AND prrelid = CAST(? AS regclass))
                          OR EXISTS (SELECT FROM pg_catalog.pg_publication_namespace JOIN pg_catalog.pg_class ON pnnspid = relnamespace
                                     WHERE pnpubid = pg_publication.oid AND pg_class.oid = CAST(? AS regclass)))) by_publication
                    JOIN pg_catalog.pg_class ON pg_class.oid = published
                WHERE CASE relreplident
                    WHEN 'n' THEN true
                    WHEN 'd' THEN NOT EXISTS (SELECT FROM pg_catalog.pg_index WHERE indrelid = published AND indisprimary)
                    WHEN 'i' THEN NOT EXISTS (SELECT FROM pg_catalog.pg_index WHERE indrelid = published AND indisreplident)
                    ELSE false END
                GROUP BY relid""", table, table, table, table)));
        return bars;
    }

    private static final String ALL_PARTS =
            "(SELECT CAST(? AS regclass) AS relid UNION SELECT CAST(relid AS oid) FROM pg_catalog.pg_partition_tree(CAST(? AS regclass))) parts";

    /** As {@link DatabaseCatalog#conditions}; names of constraints and indexes are nobody's concern. */
    static Set<String> conditions(Connection connection, String table) throws SQLException {
        return Dialect.texts(
                connection,
                """
                SELECT 'a partition ' || pg_get_expr(part.relpartbound, part.oid)
                    || CASE level WHEN 1 THEN '' ELSE ' of one ' || pg_get_expr(whole.relpartbound, whole.oid) END
                FROM pg_catalog.pg_partition_tree(CAST(? AS regclass)) tree
                    JOIN pg_catalog.pg_class part ON part.oid = tree.relid JOIN pg_catalog.pg_class whole ON whole.oid = tree.parentrelid
                UNION
                SELECT coalesce(replace(pg_get_constraintdef(oid), pg_get_expr(conbin, conrelid), %s), pg_get_constraintdef(oid))
                FROM pg_catalog.pg_constraint JOIN %s ON conrelid = relid WHERE contype IN ('c', 'u', 'p')
                UNION
                SELECT coalesce(replace(pg_get_constraintdef(pg_constraint.oid), pg_get_expr(indpred, indrelid), %s), pg_get_constraintdef(pg_constraint.oid))
                FROM pg_catalog.pg_constraint JOIN %s ON conrelid = relid JOIN pg_catalog.pg_index ON indexrelid = conindid
                WHERE contype = 'x'
                UNION
                SELECT 'UNIQUE INDEX (' || (SELECT string_agg(
                                                CASE indkey[part - 1] WHEN 0 THEN %s ELSE pg_get_indexdef(indexrelid, part, true) END,
                                                ', ' ORDER BY part)
                                            FROM generate_series(1, indnkeyatts) part)
                    || ')' || CASE WHEN indnullsnotdistinct THEN ' NULLS NOT DISTINCT' ELSE '' END
                    || coalesce(' WHERE ' || %s, '')
                FROM pg_catalog.pg_index JOIN %s ON indrelid = relid
                WHERE indisunique AND indisvalid
                  AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conindid = indexrelid AND contype IN ('u', 'p', 'x'))
                UNION
                SELECT attname || ' GENERATED AS ' || %s
                FROM pg_catalog.pg_attribute JOIN pg_catalog.pg_attrdef ON adrelid = attrelid AND adnum = attnum
                WHERE attrelid = CAST(? AS regclass) AND attgenerated <> ''
                UNION
                SELECT attname || ' COLLATE ' || collname
                FROM pg_catalog.pg_attribute JOIN pg_catalog.pg_type ON pg_type.oid = atttypid
                    JOIN pg_catalog.pg_collation ON pg_collation.oid = attcollation
                WHERE attrelid = CAST(? AS regclass) AND attnum > 0 AND NOT attisdropped AND attcollation <> typcollation
                UNION
                SELECT attname || ' in money of ' || current_setting('lc_monetary') FROM pg_catalog.pg_attribute
                WHERE attrelid = CAST(? AS regclass) AND attnum > 0 AND NOT attisdropped
                  AND atttypid IN (CAST('money' AS regtype), CAST('money[]' AS regtype))
                ORDER BY 1""".formatted(
                                of("conrelid", "pg_get_expr(conbin, conrelid)"),
                                ALL_PARTS,
                                of("indrelid", "pg_get_expr(indpred, indrelid)"),
                                ALL_PARTS,
                                of("indrelid", "pg_get_indexdef(indexrelid, part, true)"),
                                of("indrelid", "pg_get_expr(indpred, indrelid)"),
                                ALL_PARTS,
                                of("adrelid", "pg_get_expr(adbin, adrelid)")),
                table,
                table,
                table,
                table,
                table,
                table,
                table,
                table,
                table,
                table);
    }

    private static String of(String table, String expression) {
        return PrintedExpressions.marked("'ONLY ' || CAST(CAST(" + table + " AS regclass) AS text)", expression);
    }

    private PostgresTables() {}
}
