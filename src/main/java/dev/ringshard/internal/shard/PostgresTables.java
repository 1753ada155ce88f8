package dev.ringshard.internal.shard;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.Set;

/** What PostgreSQL's catalogs say of a table that rows are to be moved from and to. */
final class PostgresTables {
    private static final String HOW_TO_MOVE_PAST_THEM =
            "Let a superuser run: GRANT SET ON PARAMETER session_replication_role TO the mover's user; then nothing acts on such rows but triggers that are enabled ALWAYS or REPLICA, which must be enabled as others are.";

    /**
     * If a mover is a replica, triggers that were told to fire for those, too. If not, all triggers of others, and foreign keys
     * that delete or change rows. And row-level security, where the user is under it.
     */
    static Set<String> barsToMover(Connection connection, String table) throws SQLException {
        Set<String> bars = new LinkedHashSet<>();
        Set<String> acting = Dialect.texts(connection, """
                WITH mover AS (SELECT has_parameter_privilege('session_replication_role', 'SET') AS is_replica)
                SELECT 'trigger ' || tgname FROM pg_catalog.pg_trigger, mover
                WHERE tgrelid = CAST(? AS regclass) AND NOT tgisinternal AND tgname NOT LIKE 'ringshard\\_%'
                  AND tgenabled IN ('A', CASE WHEN is_replica THEN 'R' ELSE 'O' END)
                UNION ALL
                SELECT 'foreign key ' || conname || ' of ' || conrelid::regclass FROM pg_catalog.pg_constraint, mover
                WHERE confrelid = CAST(? AS regclass) AND contype = 'f' AND confdeltype IN ('c', 'n', 'd')
                  AND NOT is_replica
                ORDER BY 1""", table, table);
        if (!acting.isEmpty()) {
            bars.add("has %s, which would act on rows that move. %s"
                    .formatted(String.join(", ", acting), HOW_TO_MOVE_PAST_THEM));
        }
        bars.addAll(Dialect.texts(connection, """
                SELECT 'has row-level security, which hides rows from this user, and what is hidden would not be moved. Let a \
                superuser run: ALTER ROLE ' || quote_ident(current_user) || ' BYPASSRLS.'
                WHERE row_security_active(CAST(? AS regclass))""", table));
        return bars;
    }

    /** As {@link Dialect#conditions}; names of constraints and indexes are nobody's concern. */
    static Set<String> conditions(Connection connection, String table) throws SQLException {
        return Dialect.texts(connection, """
                SELECT pg_get_constraintdef(oid) FROM pg_catalog.pg_constraint
                WHERE conrelid = CAST(? AS regclass) AND contype IN ('c', 'u', 'p', 'x')
                UNION
                SELECT 'UNIQUE INDEX (' || (SELECT string_agg(pg_get_indexdef(indexrelid, part, true), ', ' ORDER BY part)
                                            FROM generate_series(1, indnkeyatts) part)
                    || ')' || CASE WHEN indnullsnotdistinct THEN ' NULLS NOT DISTINCT' ELSE '' END
                    || coalesce(' WHERE ' || pg_get_expr(indpred, indrelid), '')
                FROM pg_catalog.pg_index
                WHERE indrelid = CAST(? AS regclass) AND indisunique AND indisvalid
                  AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conindid = indexrelid AND contype IN ('u', 'p', 'x'))
                UNION
                SELECT attname || ' GENERATED AS ' || pg_get_expr(adbin, adrelid)
                FROM pg_catalog.pg_attribute JOIN pg_catalog.pg_attrdef ON adrelid = attrelid AND adnum = attnum
                WHERE attrelid = CAST(? AS regclass) AND attgenerated <> ''
                ORDER BY 1""", table, table, table);
    }

    private PostgresTables() {}
}
