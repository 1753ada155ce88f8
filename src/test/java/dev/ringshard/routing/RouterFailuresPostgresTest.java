package dev.ringshard.routing;

import dev.ringshard.config.DatabaseKind;

class RouterFailuresPostgresTest extends RouterFailuresContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.POSTGRESQL;
    }
}
