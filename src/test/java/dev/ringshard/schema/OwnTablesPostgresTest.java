package dev.ringshard.schema;

import dev.ringshard.config.DatabaseKind;

class OwnTablesPostgresTest extends OwnTablesContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.POSTGRESQL;
    }

    @Override
    String takeAway(String table) {
        return "ALTER TABLE " + table + " DISABLE TRIGGER ringshard_fence";
    }
}
