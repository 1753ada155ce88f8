package dev.ringshard.routing;

import dev.ringshard.config.DatabaseKind;

class RouterPostgresTest extends RouterContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.POSTGRESQL;
    }
}
