package dev.ringshard.routing;

import dev.ringshard.config.DatabaseKind;
import java.util.List;

class SessionPostgresTest extends SessionContract {
    static List<String> changes() {
        return List.of(
                "SET search_path = ringshard",
                "/* of the tenant */ SET app.tenant = 'one'",
                "SELECT set_config('app.tenant', 'one', false)",
                "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
                "SET ROLE pg_monitor",
                "SET SESSION AUTHORIZATION pg_monitor",
                "CREATE TEMP TABLE parcels (LIKE parcels)",
                "SELECT * INTO TEMPORARY parcels FROM parcels",
                "SELECT * INTO pg_temp.parcels FROM parcels",
                "UPDATE pg_settings SET setting = 'ringshard' WHERE name = 'search_path'",
                "SELECT \"set_config\"('app.tenant', 'one', false)",
                "SELECT set_config('app.tenant', 'one, true)', false)",
                "SELECT set_config /* 'app.tenant', 'one', true) */ ('app.tenant', 'one', false)",
                "SELECT pg_advisory_lock(42)",
                "WITH held AS (SELECT pg_try_advisory_lock(42)) SELECT * FROM held",
                "LISTEN news",
                "PREPARE mine AS SELECT 1",
                "DO $$ BEGIN PERFORM set_config('app.tenant', 'one', false); END $$",
                "SELECT 1; SET app.tenant = 'one'");
    }

    static List<String> schemas() {
        return List.of("ringshard");
    }

    @Override
    List<String> allChanges() {
        return changes();
    }

    @Override
    DatabaseKind kind() {
        return DatabaseKind.POSTGRESQL;
    }

    @Override
    String stateQuery() {
        return """
                SELECT concat_ws(' ', current_user, session_user, current_setting('search_path'),
                    current_setting('lock_timeout'), current_setting('default_transaction_isolation'),
                    current_setting('transaction_read_only'), 'tenant ' || nullif(current_setting('app.tenant', true), ''),
                    to_regclass('pg_temp.parcels'),
                    (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()),
                    (SELECT count(*) FROM pg_listening_channels()),
                    (SELECT count(*) FROM pg_prepared_statements WHERE name = 'mine'))""";
    }
}
