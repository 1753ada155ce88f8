package dev.ringshard.internal.schema;

import dev.ringshard.config.DatabaseKind;

class InterruptedInitPostgresTest extends InterruptedInitContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.POSTGRESQL;
    }
}
