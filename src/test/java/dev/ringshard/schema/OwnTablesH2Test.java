package dev.ringshard.schema;

import dev.ringshard.config.DatabaseKind;

class OwnTablesH2Test extends OwnTablesContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.H2;
    }

    @Override
    String takeAway(String table) {
        return "DROP TRIGGER " + table + "_ringshard_fence";
    }
}
