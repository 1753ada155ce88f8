package dev.ringshard.internal.shard;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;

/** What takes Ringshard out of a database of PostgreSQL's again, each part by itself. */
public record PostgresRemoval() {
    private static final String IMPATIENTLY = "SET LOCAL lock_timeout = 100";

    /** As {@link ShortLocks} ask for it; the first does not hold up those who write, and ends an autovacuum. */
    private static final String BRIEFLY = "LOCK TABLE %s IN SHARE UPDATE EXCLUSIVE MODE; " + IMPATIENTLY;

    private static final String REFUSAL = "ringshard_leaving";

    /**
     * Lets nobody change a table, also those whom no other trigger holds; waits only for those who are changing it.
     *
     * @param refusing the function that refuses
     */
    public void refuseChanges(DSLContext dsl, String table, String refusing) {
        dsl.execute(IMPATIENTLY);
        dsl.execute("""
                CREATE OR REPLACE TRIGGER %s BEFORE INSERT OR UPDATE OR DELETE ON %s
                FOR EACH STATEMENT EXECUTE FUNCTION %s()""".formatted(REFUSAL, table, refusing));
        dsl.execute("ALTER TABLE %s ENABLE ALWAYS TRIGGER %s".formatted(table, REFUSAL));
    }

    /** Ends {@link #refuseChanges}. */
    public void allowChanges(DSLContext dsl, String table) {
        dsl.execute("DROP TRIGGER IF EXISTS %s ON %s".formatted(REFUSAL, table));
    }

    /** Whether {@link #refuseChanges} is at work. */
    public boolean refusesChanges(DSLContext dsl, String table) {
        return dsl.fetchExists(DSL.selectOne()
                .from("pg_catalog.pg_trigger")
                .where("tgrelid = to_regclass(?) AND tgname = ?", table, REFUSAL));
    }

    /** The tables that have triggers of the fence, as statements name them. */
    public Set<String> fenced(Connection connection) throws SQLException {
        return Dialect.texts(connection, """
                SELECT DISTINCT CAST(CAST(tgrelid AS regclass) AS text) FROM pg_catalog.pg_trigger
                    JOIN pg_catalog.pg_proc ON pg_proc.oid = tgfoid
                WHERE pronamespace = to_regnamespace('ringshard') AND (tgname LIKE 'ringshard\\_fence%' OR tgname = 'ringshard_reference') AND NOT tgisinternal
                  AND tgparentid = 0
                ORDER BY 1""");
    }

    /** Takes the fence off a table: nobody may have it for a moment, not even to read. */
    public void takeOffFence(DSLContext dsl, String table) {
        takeOff(
                dsl,
                table,
                List.of("ringshard_fence", "ringshard_fence_after", "ringshard_fence_truncate", "ringshard_reference"));
    }

    static void takeOff(DSLContext dsl, String table, List<String> triggers) {
        dsl.execute(BRIEFLY.formatted(table));
        for (String trigger : triggers) {
            dsl.execute("DROP TRIGGER IF EXISTS %s ON %s".formatted(trigger, table));
        }
    }

    /** The indexes on tokens, valid or not, as statements name them. */
    public Set<String> indexes(Connection connection) throws SQLException {
        return Dialect.texts(connection, """
                SELECT DISTINCT CAST(CAST(objid AS regclass) AS text) FROM pg_catalog.pg_depend
                    JOIN pg_catalog.pg_class ON pg_class.oid = objid JOIN pg_catalog.pg_proc ON pg_proc.oid = refobjid
                WHERE classid = CAST('pg_class' AS regclass) AND refclassid = CAST('pg_proc' AS regclass) AND relkind IN ('i', 'I') AND NOT relispartition
                  AND pronamespace = to_regnamespace('ringshard') AND relname LIKE 'ringshard\\_%'
                ORDER BY 1""");
    }

    /** Drops an index while the table is used, however long a transaction still uses the index; in autocommit. */
    public void dropIndex(Connection connection, DSLContext dsl, String index) throws SQLException {
        PostgresIndexing.drop(connection, dsl, index);
    }

    /** What of the application's own uses something of the schema {@code ringshard}, and so would be lost with it. */
    public Set<String> dependents(Connection connection) throws SQLException {
        return Dialect.texts(connection, """
                WITH ours AS (
                    SELECT CAST('pg_proc' AS regclass) AS class, oid FROM pg_catalog.pg_proc WHERE pronamespace = to_regnamespace('ringshard')
                    UNION ALL SELECT CAST('pg_class' AS regclass), oid FROM pg_catalog.pg_class WHERE relnamespace = to_regnamespace('ringshard')
                    UNION ALL SELECT CAST('pg_type' AS regclass), oid FROM pg_catalog.pg_type WHERE typnamespace = to_regnamespace('ringshard'))
                SELECT DISTINCT pg_describe_object(classid, objid, objsubid)
                FROM pg_catalog.pg_depend JOIN ours ON refclassid = class AND refobjid = ours.oid
                    CROSS JOIN LATERAL pg_identify_object(classid, objid, objsubid) dependent
                WHERE deptype IN ('n', 'a') AND dependent.schema IS DISTINCT FROM 'ringshard'
                  AND identity NOT LIKE '% on ringshard.%' AND identity NOT LIKE 'for ringshard.%'
                  AND NOT (type = 'trigger' AND (identity LIKE 'ringshard\\_fence%' OR identity LIKE 'ringshard\\_reference on %'))
                  AND NOT (type = 'index' AND (SELECT relname LIKE 'ringshard\\_%' FROM pg_catalog.pg_class
                                               WHERE oid = coalesce(pg_partition_root(objid), objid)))
                ORDER BY 1""");
    }

    /** Drops all that is Ringshard's own; nobody may use anything of it for a moment. */
    public void dropSchema(DSLContext dsl) {
        dsl.execute(IMPATIENTLY);
        dsl.execute("DROP SCHEMA IF EXISTS ringshard CASCADE");
    }
}
