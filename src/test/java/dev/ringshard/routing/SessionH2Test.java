package dev.ringshard.routing;

import dev.ringshard.config.DatabaseKind;
import java.util.List;

class SessionH2Test extends SessionContract {
    static List<String> changes() {
        return List.of(
                "SET SCHEMA ringshard",
                "SET @tenant = 'one'",
                "SELECT SET(@tenant, 'one')",
                "SET LOCK_TIMEOUT 77",
                "CREATE LOCAL TEMPORARY TABLE parcels (parcel_key varchar(10))");
    }

    static List<String> schemas() {
        return List.of("RINGSHARD");
    }

    @Override
    List<String> allChanges() {
        return changes();
    }

    @Override
    DatabaseKind kind() {
        return DatabaseKind.H2;
    }

    @Override
    String stateQuery() {
        return """
                SELECT CONCAT_WS(' ', CURRENT_SCHEMA, CURRENT_USER, LOCK_TIMEOUT(), 'tenant ' || @tenant,
                    (SELECT COUNT(*) FROM information_schema.tables WHERE table_type LIKE '%TEMPORARY%'))""";
    }
}
