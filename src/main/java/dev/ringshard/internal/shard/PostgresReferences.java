package dev.ringshard.internal.shard;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jooq.DSLContext;

/** What PostgreSQL has for tables that every shard holds whole. */
final class PostgresReferences {
    private static final String TYPES = """
            SELECT attname, format_type(atttypid, atttypmod) FROM pg_catalog.pg_attribute
            WHERE attrelid = CAST(? AS regclass) AND attnum > 0 AND NOT attisdropped""";

    private PostgresReferences() {}

    /** As {@link Fencing#fenceReference}. */
    static void fence(DSLContext dsl, String table) {
        if (!isFenced(dsl, table)) {
            dsl.execute(PostgresFencing.LOCK.formatted(table));
            dsl.execute("SELECT ringshard.fence_reference(CAST(? AS regclass))", table);
        }
    }

    /** As {@link Fencing#releaseReference}. */
    static void release(DSLContext dsl, String table) {
        if (isFenced(dsl, table)) {
            PostgresRemoval.takeOff(dsl, table, List.of("ringshard_reference"));
        }
    }

    /** As {@link Fencing#isReferenceFenced}: one that was disabled is not at work. */
    static boolean isFenced(DSLContext dsl, String table) {
        return dsl.fetchSingle("""
                        SELECT EXISTS (SELECT FROM pg_catalog.pg_trigger
                            WHERE tgrelid = to_regclass(?) AND tgname = 'ringshard_reference' AND tgenabled IN ('O', 'A'))""", table).get(0, Boolean.class);
    }

    /** As {@link Transactions#beginReferenceWork}. */
    static void beginWork(Connection connection, String table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT set_config('ringshard.reference', ?, true), set_config('row_security', 'off', true)")) {
            statement.setString(1, table);
            statement.execute();
        }
    }

    /** As {@link DatabaseCatalog#textTypes}. */
    static Map<String, String> textTypes(Connection connection, String table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(TYPES)) {
            statement.setString(1, table);
            try (ResultSet rows = statement.executeQuery()) {
                Map<String, String> types = new LinkedHashMap<>();
                while (rows.next()) {
                    types.put(rows.getString(1).toLowerCase(Locale.ROOT), rows.getString(2));
                }
                return types;
            }
        }
    }
}
