package dev.ringshard.internal.shard;

import dev.ringshard.config.ShardedTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jooq.DSLContext;
import org.jooq.Record1;
import org.jooq.ResultQuery;
import org.jooq.impl.DSL;

/** By triggers that functions of ours put on sharded tables, and on reference tables, and by indexes on expressions. */
record PostgresFencing(Dialect dialect) implements Fencing {
    /**
     * First as a lock for which nobody who writes waits, however long it takes: it ends an autovacuum that works on the table. Then
     * for the moment in which nobody writes, for which who comes to write has to wait.
     */
    static final String LOCK =
            "LOCK TABLE %s IN SHARE UPDATE EXCLUSIVE MODE; SET LOCAL lock_timeout = 100; LOCK TABLE %1$s IN SHARE ROW EXCLUSIVE MODE";

    @Override
    public void fence(DSLContext dsl, ShardedTable table, boolean isRecorded) {
        if (!isRecorded || !unfenced(dsl, List.of(table)).isEmpty()) {
            dsl.execute(LOCK.formatted(table.name()));
            dsl.execute(
                    "SELECT ringshard.fence_table(CAST(? AS regclass), ?, ?)",
                    table.name(),
                    fencedColumn(table),
                    table.token().isPresent());
        }
    }

    /** The oldest. */
    @Override
    public Optional<String> holder(Connection connection, String table, boolean readersToo) throws SQLException {
        return Dialect.texts(connection, """
                SELECT format('process %s%s, which holds it since %s', pid, ' (' || nullif(application_name, '') || ')',
                              to_char(coalesce(xact_start, backend_start), 'HH24:MI:SS'))
                FROM pg_catalog.pg_locks JOIN pg_catalog.pg_stat_activity USING (pid)
                WHERE relation = to_regclass(?) AND granted AND pid <> pg_backend_pid()
                  AND (mode NOT IN ('AccessShareLock', 'RowShareLock') OR ?)
                  AND pg_locks.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
                ORDER BY xact_start LIMIT 1""".replace("OR ?", "OR " + readersToo), table).stream()
                .findFirst();
    }

    /**
     * A trigger that was disabled is not at work, and one that would log columns which are no longer
     * there would fail. The rows of a table that inherits from one pass it; partitions have the triggers of their table, each its own. A third is needed where another trigger comes
     * after the fence, and could set another key.
     */
    @Override
    public List<ShardedTable> unfenced(DSLContext dsl, List<ShardedTable> tables) {
        Set<String> names = dsl.fetch(
                        """
                        SELECT name FROM unnest(CAST(? AS text[])) name
                        WHERE EXISTS (SELECT FROM unnest(ARRAY['ringshard_fence', 'ringshard_fence_truncate', 'ringshard_fence_after']) needed
                            WHERE EXISTS (SELECT FROM pg_catalog.pg_class stored
                                WHERE (stored.oid = CAST(name AS regclass) OR needed <> 'ringshard_fence_truncate'
                                        AND stored.oid IN (SELECT relid FROM pg_catalog.pg_partition_tree(CAST(name AS regclass))))
                                  AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                                    WHERE tgrelid = stored.oid AND tgname = needed AND tgenabled IN ('O', 'A')))
                              AND (needed <> 'ringshard_fence_after' OR EXISTS (SELECT FROM pg_catalog.pg_trigger
                                    WHERE (tgrelid = CAST(name AS regclass) OR tgrelid IN (SELECT relid FROM pg_catalog.pg_partition_tree(CAST(name AS regclass))))
                                      AND NOT tgisinternal
                                      AND tgname COLLATE "C" > 'ringshard_fence' AND tgname NOT IN ('ringshard_fence_after', 'ringshard_fence_truncate')
                                      AND tgtype & 3 = 3 AND tgtype & 20 <> 0)))
                           OR EXISTS (SELECT FROM pg_catalog.pg_inherits JOIN pg_catalog.pg_class child ON child.oid = inhrelid
                            WHERE inhparent = CAST(name AS regclass) AND NOT relispartition)
                           OR EXISTS (SELECT FROM ringshard.sharded_table fenced CROSS JOIN unnest(row_key) logged_column
                            WHERE CAST(name AS regclass) = to_regclass(format('%I.%I', schema_name, table_name))
                              AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute
                                WHERE attrelid = CAST(name AS regclass) AND attname = logged_column AND NOT attisdropped))""", (Object) tables.stream().map(ShardedTable::name).toArray(String[]::new))
                .intoSet(0, String.class);
        return tables.stream().filter(table -> names.contains(table.name())).toList();
    }

    /**
     * Columns with their types and defaults, triggers, and what is recorded as fenced. And what changes
     * with rows that no trigger sees: the table's file, by whatever writes the table anew, its partitions, and when triggers were last
     * enabled.
     */
    @Override
    public Optional<ResultQuery<Record1<String>>> definition(DSLContext dsl, List<ShardedTable> tables) {
        return Optional.of(dsl.resultQuery(
                        """
                        WITH sharded AS (SELECT CAST(name AS regclass)::oid AS id FROM unnest(CAST(? AS text[])) name),
                            stored AS (SELECT id FROM sharded UNION SELECT relid::oid FROM sharded, pg_catalog.pg_partition_tree(id))
                        SELECT md5(string_agg(part, ' ' ORDER BY part)) FROM (
                            SELECT concat_ws('/', attrelid, attnum, attname, atttypid, atttypmod, attgenerated, attidentity, pg_attrdef.oid)
                            FROM pg_catalog.pg_attribute JOIN sharded ON attrelid = id
                            LEFT JOIN pg_catalog.pg_attrdef ON adrelid = attrelid AND adnum = attnum
                            WHERE attnum > 0 AND NOT attisdropped
                            UNION ALL
                            SELECT concat_ws('/', id, relfilenode) FROM pg_catalog.pg_class JOIN stored ON pg_class.oid = id
                            UNION ALL
                            SELECT concat_ws('/', tgrelid, tgname, tgenabled, tgfoid, pg_trigger.xmin)
                            FROM pg_catalog.pg_trigger JOIN stored ON tgrelid = id WHERE NOT tgisinternal
                            UNION ALL
                            SELECT concat_ws('/', schema_name, table_name, key_column, token_column, row_key)
                            FROM ringshard.sharded_table) parts (part)""", (Object) tables.stream().map(ShardedTable::name).toArray(String[]::new))
                .coerce(DSL.field("md5", String.class)));
    }

    @Override
    public void fenceReference(DSLContext dsl, String table) {
        PostgresReferences.fence(dsl, table);
    }

    @Override
    public void releaseReference(DSLContext dsl, String table) {
        PostgresReferences.release(dsl, table);
    }

    @Override
    public boolean isReferenceFenced(DSLContext dsl, String table) {
        return PostgresReferences.isFenced(dsl, table);
    }

    @Override
    public String fencedColumn(ShardedTable table) {
        return table.token().orElseGet(() -> table.key().orElseThrow());
    }

    @Override
    public boolean indexTokens(Connection connection, ShardedTable table) throws SQLException {
        return PostgresIndexing.indexTokens(connection, dialect.dsl(connection), table, dialect.token(table));
    }

    @Override
    public Optional<String> indexing(Connection connection) throws SQLException {
        return PostgresIndexing.progress(connection);
    }

    @Override
    public void outwaitSnapshots(Connection connection, String key) throws SQLException {
        PostgresIndexing.outwaitSnapshots(connection, key);
    }

    @Override
    public boolean entersByTrigger() {
        return true;
    }

    @Override
    public Optional<PostgresSlots> slots() {
        return Optional.of(new PostgresSlots());
    }
}
