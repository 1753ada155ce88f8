package dev.ringshard.internal.schema;

import dev.ringshard.config.DatabaseKind;

class ForeseenRefusalsPostgresTest extends ForeseenRefusalsContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.POSTGRESQL;
    }
}
