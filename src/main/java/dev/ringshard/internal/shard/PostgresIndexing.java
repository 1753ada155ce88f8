package dev.ringshard.internal.shard;

import dev.ringshard.config.ShardedTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.exception.DataAccessException;

/**
 * Indexes that PostgreSQL builds beside everybody's work. It waits for transactions that are under way, and nobody waits for it: so
 * it may take as long as it takes.
 */
final class PostgresIndexing {
    /** PostgreSQL's names take so much of a table's with something before and behind. */
    private static final int LONGEST_NAME = 40;

    /**
     * One builds at a time: another would take an index that is being built for one that was given up. Asked for again and again,
     * since who waits in a statement is waited for by who builds. A number that an application's locks will hardly have.
     */
    private static final long TURN = 0x72696E6773686964L;

    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final String BARRIER = "ringshard.ringshard_barrier";

    private PostgresIndexing() {}

    /** As {@link Fencing#indexTokens}. What was killed goes on in the server to its end: it keeps its turn so long. */
    static boolean indexTokens(Connection connection, DSLContext dsl, ShardedTable table, String token)
            throws SQLException {
        return withoutTimeLimits(connection, () -> index(dsl, table, token));
    }

    /** As {@link Fencing#outwaitSnapshots}: who builds an index waits for them at the end. */
    static void outwaitSnapshots(Connection connection, String key) throws SQLException {
        withoutTimeLimits(connection, () -> {
            execute(connection, "DROP INDEX CONCURRENTLY IF EXISTS " + BARRIER);
            execute(connection, "CREATE INDEX CONCURRENTLY ringshard_barrier ON " + key);
            execute(connection, "DROP INDEX CONCURRENTLY IF EXISTS " + BARRIER);
            return true;
        });
    }

    /** Drops an index, for which it waits for those who use it. */
    static void drop(Connection connection, DSLContext dsl, String index) throws SQLException {
        withoutTimeLimits(connection, () -> {
            if (Dialect.texts(
                            connection,
                            "SELECT 'yes' FROM pg_catalog.pg_class WHERE oid = to_regclass(?) AND relkind = 'I'",
                            index)
                    .isEmpty()) {
                execute(connection, "DROP INDEX CONCURRENTLY IF EXISTS " + index);
            } else {
                withShortLock(dsl, "DROP INDEX IF EXISTS " + index);
            }
            return true;
        });
    }

    /** As {@link Fencing#indexing}. */
    static Optional<String> progress(Connection connection) throws SQLException {
        return Dialect.texts(connection, """
                SELECT phase || CASE
                    WHEN blocks_total > 0 AND phase LIKE 'building%%' THEN concat(', ', 100 * blocks_done / blocks_total, ' %%')
                    WHEN current_locker_pid > 0 THEN concat(', process ', current_locker_pid,
                        ' (' || nullif(application_name, '') || ')', ', at work since ' || to_char(xact_start, 'HH24:MI:SS'))
                    ELSE '' END
                FROM pg_catalog.pg_stat_progress_create_index indexing
                    LEFT JOIN pg_catalog.pg_stat_activity locker ON locker.pid = current_locker_pid
                WHERE indexing.datname = current_database() AND phase IS NOT NULL
                  AND EXISTS (SELECT FROM pg_catalog.pg_locks holder
                      WHERE holder.pid = indexing.pid AND locktype = 'advisory' AND granted
                        AND (CAST(classid AS bigint) << 32) + CAST(objid AS bigint) = %d)
                LIMIT 1""".formatted(TURN)).stream().findFirst();
    }

    private interface Work {
        boolean run() throws SQLException;
    }

    /** Runs it without limits of time, one at a time in the database, and restores the session's limits afterwards. */
    private static boolean withoutTimeLimits(Connection connection, Work work) throws SQLException {
        int patience = connection.getNetworkTimeout();
        String limits = String.join("; ", Dialect.texts(connection, """
                SELECT format('SET %s = %s', name, setting) FROM pg_catalog.pg_settings
                WHERE name IN ('lock_timeout', 'statement_timeout', 'transaction_timeout')"""));
        try {
            connection.setNetworkTimeout(Runnable::run, 0);
            execute(connection, limits.replaceAll("= \\d+", "= 0"));
            takeTurn(connection);
            boolean result = work.run();
            end(connection, limits, patience);
            return result;
        } catch (SQLException | RuntimeException failure) {
            try {
                end(connection, limits, patience);
            } catch (SQLException lost) {
                failure.addSuppressed(lost);
            }
            throw failure;
        }
    }

    private static void end(Connection connection, String limits, int patience) throws SQLException {
        execute(connection, "SELECT pg_advisory_unlock_all(); " + limits);
        connection.setNetworkTimeout(Runnable::run, patience);
    }

    private static void takeTurn(Connection connection) throws SQLException {
        String attempt = "SELECT 'mine' WHERE pg_try_advisory_lock(%d)".formatted(TURN);
        while (Dialect.texts(connection, attempt).isEmpty()) {
            execute(connection, "SELECT pg_sleep(0.2)");
            if (Thread.interrupted()) {
                throw new SQLException("interrupted while another init builds an index", "57014");
            }
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** An index that an interrupted attempt left invalid is built anew. */
    private static boolean index(DSLContext dsl, ShardedTable table, String token) {
        String name = "ringshard_%s_token".formatted(shortened(table.plainName()));
        List<Record> there = dsl.fetch("""
                SELECT i.indisvalid, c.oid::regclass::text
                FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
                WHERE i.indrelid = CAST(? AS regclass) AND starts_with(c.relname, ?)
                  AND EXISTS (SELECT FROM pg_catalog.pg_depend JOIN pg_catalog.pg_attribute
                                  ON attrelid = refobjid AND attnum = refobjsubid
                              WHERE objid = i.indexrelid AND refobjid = i.indrelid AND attname = ?)
                ORDER BY i.indisvalid""", table.name(), name, table.key().orElseThrow());
        if (there.stream().anyMatch(index -> index.get(0, Boolean.class))) {
            return false;
        }
        List<String> partitions = dsl.fetch(
                        "SELECT relid::text FROM pg_catalog.pg_partition_tree(CAST(? AS regclass)) WHERE isleaf ORDER BY 1",
                        table.name())
                .getValues(0, String.class);
        if (partitions.isEmpty()) {
            there.forEach(index -> dsl.execute("DROP INDEX CONCURRENTLY " + index.get(1, String.class)));
            dsl.execute("CREATE INDEX CONCURRENTLY %s ON %s (%s)"
                    .formatted(free(dsl, table.name(), name), table.name(), token));
        } else {
            partitions.forEach(partition -> indexPartition(dsl, partition, token));
            there.forEach(index -> withShortLock(dsl, "DROP INDEX " + index.get(1, String.class)));
            withShortLock(
                    dsl, "CREATE INDEX %s ON %s (%s)".formatted(free(dsl, table.name(), name), table.name(), token));
        }
        return true;
    }

    /** Beside everybody's work, which the index of a partitioned table is not built; it then takes this for its part. */
    private static void indexPartition(DSLContext dsl, String partition, String token) {
        String name = "ringshard_%s_token"
                .formatted(shortened(partition.replaceFirst(".*\\.", "").replace("\"", "")));
        List<Record> there = dsl.fetch("""
                SELECT i.indisvalid, c.oid::regclass::text
                FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
                WHERE i.indrelid = CAST(? AS regclass) AND starts_with(c.relname, ?) ORDER BY i.indisvalid""", partition, name);
        if (there.stream().noneMatch(index -> index.get(0, Boolean.class))) {
            there.forEach(index -> dsl.execute("DROP INDEX CONCURRENTLY " + index.get(1, String.class)));
            dsl.execute("CREATE INDEX CONCURRENTLY \"%s\" ON %s (%s)"
                    .formatted(free(dsl, partition, name), partition, token));
        }
    }

    /** Runs a statement that locks out writers, who wait 100 ms at most for a try: tries again, every 0.2 s, until it gets the lock. */
    private static void withShortLock(DSLContext dsl, String sql) {
        while (true) {
            dsl.execute("SET lock_timeout = 100");
            try {
                dsl.execute(sql);
                return;
            } catch (DataAccessException held) {
                if (!LOCK_NOT_AVAILABLE.equals(held.sqlState())) {
                    throw held;
                }
            } finally {
                dsl.execute("SET lock_timeout = 0");
            }
            dsl.execute("SELECT pg_sleep(0.2)");
        }
    }

    /** A name that no table has taken whose name begins alike, or that had this one's name before. */
    private static String free(DSLContext dsl, String table, String name) {
        return dsl.fetchSingle("""
                        SELECT candidate FROM generate_series(1, 1000) n,
                            LATERAL (SELECT CAST(? AS text) || CASE n WHEN 1 THEN '' ELSE '_' || n END AS candidate) named
                        WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_class taken
                            WHERE taken.relname = candidate AND taken.relnamespace =
                                (SELECT relnamespace FROM pg_catalog.pg_class WHERE oid = CAST(? AS regclass)))
                        ORDER BY n LIMIT 1""", name, table).get(0, String.class);
    }

    private static String shortened(String name) {
        return name.substring(0, Math.min(name.length(), LONGEST_NAME));
    }
}
