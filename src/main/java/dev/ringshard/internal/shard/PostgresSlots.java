package dev.ringshard.internal.shard;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.Record2;
import org.jooq.ResultQuery;
import org.jooq.Select;

/**
 * The slots of the ring, each a part of it of which writers hold an advisory lock instead of the row of their range where it is open;
 * see {@code V2__fence.sql}. Ranges come as a query for their first and last tokens.
 */
public record PostgresSlots() {
    /** Closes those of some ranges, one after the other, until the transaction ends, and waits for who writes there by them. */
    public void close(DSLContext dsl, Select<Record2<Long, Long>> ranges) {
        dsl.fetch("SELECT ringshard.close_slots(first_token, last_token) FROM ({0}) ranges", ranges);
    }

    /** Opens those that the shard owns wholly and of which nothing is copied, as far as nobody is changing that; in autocommit. */
    public void open(Connection connection) throws SQLException {
        Dialect.texts(connection, "SELECT ringshard.open_slots()::text");
    }

    /** A question that waits in turn for who writes to some ranges by a row, and keeps others from beginning to, until the end. */
    public ResultQuery<? extends Record> queue(DSLContext dsl, Select<Record2<Long, Long>> ranges) {
        return dsl.resultQuery(
                "SELECT pg_advisory_xact_lock(1919512168, part)::text FROM ({0}) parts", parts(dsl, ranges));
    }

    /** In words, who has worked for longest where some ranges are, and for how long. */
    public Optional<String> holder(DSLContext dsl, Select<Record2<Long, Long>> ranges) {
        return dsl.resultQuery("""
                        SELECT format('session %s of user %s%s%s%s', pid, usename,
                            nullif(', application ' || application_name, ', application '), ', ' || state,
                            ', its transaction has lasted for ' || extract(epoch FROM clock_timestamp() - xact_start)::int || ' s')
                        FROM pg_locks JOIN pg_stat_activity USING (pid)
                        WHERE locktype = 'advisory' AND classid IN (1919512167, 1919512168) AND objsubid = 2 AND granted
                            AND objid::bigint IN (SELECT part & 4294967295 FROM ({0}) parts)
                            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                            AND pid <> pg_backend_pid()
                        ORDER BY xact_start LIMIT 1""", parts(dsl, ranges)).fetchOptional(0, String.class);
    }

    /** The parts of the ring that have any of some ranges, ascending. */
    private static ResultQuery<? extends Record> parts(DSLContext dsl, Select<Record2<Long, Long>> ranges) {
        return dsl.resultQuery(
                "SELECT DISTINCT generate_series(first_token >> 58, last_token >> 58)::int AS part FROM ({0}) ranges ORDER BY 1",
                ranges);
    }
}
