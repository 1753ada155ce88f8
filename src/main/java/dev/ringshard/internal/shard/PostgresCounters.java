package dev.ringshard.internal.shard;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;

/** The counters that a PostgreSQL table takes its numbers from: of identity columns, of serial ones, and of any column's default. */
final class PostgresCounters {
    /** Others may count on between the look at a counter and its change. */
    private static final int LEFT_OUT = 1000;

    /**
     * A statement for each counter and column, still without the condition on the rows that arrived. Whole numbers only: what a
     * default makes of a number otherwise, such as a text, cannot be told. A counter is never set back, and none that has not
     * begun below where it is to begin.
     */
    private static final String STATEMENTS = """
            SELECT DISTINCT format('SELECT setval(seqrelid, CASE WHEN seqincrement > 0
                        THEN arrived.furthest + CAST(least(%d, trunc((CAST(seqmax AS numeric) - arrived.furthest) / 2)) AS bigint)
                        ELSE arrived.furthest - CAST(least(%d, trunc((CAST(arrived.furthest AS numeric) - seqmin) / 2)) AS bigint) END)
                    FROM (SELECT CAST(%%s(%%I) AS bigint) AS furthest FROM %%s WHERE %%%%s) arrived, pg_catalog.pg_sequence
                    WHERE seqrelid = CAST(%%L AS regclass) AND arrived.furthest BETWEEN seqmin AND seqmax
                      AND CASE WHEN seqincrement > 0
                          THEN arrived.furthest >= coalesce(pg_sequence_last_value(seqrelid), seqstart)
                          ELSE arrived.furthest <= coalesce(pg_sequence_last_value(seqrelid), seqstart) END',
                CASE WHEN seqincrement > 0 THEN 'max' ELSE 'min' END, attname, CAST(attrelid AS regclass), CAST(seqrelid AS regclass))
            FROM pg_catalog.pg_attribute
                LEFT JOIN pg_catalog.pg_attrdef ON adrelid = attrelid AND adnum = attnum
                JOIN pg_catalog.pg_depend ON refclassid = CAST('pg_class' AS regclass) AND (
                    (classid = CAST('pg_class' AS regclass) AND refobjid = attrelid AND refobjsubid = attnum)
                    OR (classid = CAST('pg_attrdef' AS regclass) AND objid = pg_attrdef.oid))
                JOIN pg_catalog.pg_sequence
                    ON seqrelid = CASE classid WHEN CAST('pg_class' AS regclass) THEN objid ELSE refobjid END
            WHERE attrelid = CAST(? AS regclass) AND attnum > 0 AND NOT attisdropped
              AND atttypid IN (CAST('int2' AS regtype), CAST('int4' AS regtype), CAST('int8' AS regtype))""".formatted(LEFT_OUT, LEFT_OUT);

    private PostgresCounters() {}

    /** As {@link Dialect#counters}. */
    static Set<String> of(Connection connection, String table) throws SQLException {
        return Dialect.texts(connection, STATEMENTS, table);
    }
}
