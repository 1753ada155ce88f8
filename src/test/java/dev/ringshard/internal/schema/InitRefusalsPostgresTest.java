package dev.ringshard.internal.schema;

import dev.ringshard.config.DatabaseKind;

class InitRefusalsPostgresTest extends InitRefusalsContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.POSTGRESQL;
    }
}
