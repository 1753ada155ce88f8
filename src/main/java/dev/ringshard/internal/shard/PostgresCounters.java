package dev.ringshard.internal.shard;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The counters that a PostgreSQL table takes its numbers from: of identity columns, of serial ones, and of any column's default. */
final class PostgresCounters {
    /** Others may count on between the look at a counter and its change. */
    private static final int LEFT_OUT = 1000;

    /** Each column with each of its counters. */
    private static final String COUNTED_COLUMNS = """
            FROM pg_catalog.pg_attribute
                LEFT JOIN pg_catalog.pg_attrdef ON adrelid = attrelid AND adnum = attnum
                JOIN pg_catalog.pg_depend ON refclassid = CAST('pg_catalog.pg_class' AS regclass) AND (
                    (classid = CAST('pg_catalog.pg_class' AS regclass) AND refobjid = attrelid AND refobjsubid = attnum)
                    OR (classid = CAST('pg_catalog.pg_attrdef' AS regclass) AND objid = pg_attrdef.oid))
                JOIN pg_catalog.pg_sequence
                    ON seqrelid = CASE classid WHEN CAST('pg_catalog.pg_class' AS regclass) THEN objid ELSE refobjid END
            WHERE attrelid = CAST(? AS regclass) AND attnum > 0 AND NOT attisdropped""";

    private static final String IS_WHOLE_NUMBER =
            "atttypid IN (CAST('int2' AS regtype), CAST('int4' AS regtype), CAST('int8' AS regtype))";

    /**
     * What sets a counter past a number. It is never set back, and none that has not begun below where it is to begin. By the
     * number's source, an expression that makes a query of it, and a condition on columns.
     */
    private static final String SETTING = """
            format('SELECT setval(seqrelid, CASE WHEN seqincrement > 0
                        THEN arrived.furthest + CAST(least(%1$d, trunc((CAST(seqmax AS numeric) - arrived.furthest) / 2)) AS bigint)
                        ELSE arrived.furthest - CAST(least(%1$d, trunc((CAST(arrived.furthest AS numeric) - seqmin) / 2)) AS bigint) END)
                    FROM (SELECT %%s) arrived, pg_catalog.pg_sequence
                    WHERE seqrelid = CAST(%%L AS regclass) AND arrived.furthest BETWEEN seqmin AND seqmax
                      AND CASE WHEN seqincrement > 0
                          THEN arrived.furthest >= coalesce(pg_sequence_last_value(seqrelid), seqstart)
                          ELSE arrived.furthest <= coalesce(pg_sequence_last_value(seqrelid), seqstart) END',
                %2$s, CAST(seqrelid AS regclass))""";

    /** For each counter and column of whole numbers, still without the condition on the rows that arrived. */
    private static final String STATEMENTS =
            "SELECT DISTINCT " + SETTING.formatted(LEFT_OUT, """
                    format('CAST(%s(%I) AS bigint) AS furthest FROM %s WHERE %%s',
                        CASE WHEN seqincrement > 0 THEN 'max' ELSE 'min' END, attname, CAST(attrelid AS regclass))""") + " " + COUNTED_COLUMNS + " AND " + IS_WHOLE_NUMBER;

    /** For each other column, still without how far its source has counted. */
    private static final String HIDDEN = "SELECT attname, "
            + SETTING.formatted(LEFT_OUT, "'CAST(%s AS bigint) AS furthest'")
            + " " + COUNTED_COLUMNS + " AND NOT " + IS_WHOLE_NUMBER;

    private static final String COUNTED = """
            SELECT attname, CASE WHEN bool_and(seqincrement > 0) THEN max(pg_sequence_last_value(seqrelid))
                                 ELSE min(pg_sequence_last_value(seqrelid)) END
            %s AND NOT %s GROUP BY attname""".formatted(COUNTED_COLUMNS, IS_WHOLE_NUMBER);

    private PostgresCounters() {}

    /** As {@link DatabaseCatalog#counters}. */
    static Set<String> of(Connection connection, String table) throws SQLException {
        return Dialect.texts(connection, STATEMENTS, table);
    }

    /** As {@link DatabaseCatalog#hiddenCounters}. */
    static Map<String, String> hidden(Connection connection, String table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(HIDDEN)) {
            statement.setString(1, table);
            try (ResultSet rows = statement.executeQuery()) {
                Map<String, String> hidden = new HashMap<>();
                while (rows.next()) {
                    hidden.put(rows.getString(1), rows.getString(2));
                }
                return hidden;
            }
        }
    }

    /** As {@link DatabaseCatalog#counted}. */
    static Map<String, Long> counted(Connection connection, String table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(COUNTED)) {
            statement.setString(1, table);
            try (ResultSet rows = statement.executeQuery()) {
                Map<String, Long> counted = new HashMap<>();
                while (rows.next()) {
                    long last = rows.getLong(2);
                    if (!rows.wasNull()) {
                        counted.put(rows.getString(1), last);
                    }
                }
                return counted;
            }
        }
    }
}
