package dev.ringshard.routing;

import dev.ringshard.config.DatabaseKind;

class OwnKeysPostgresTest extends OwnKeysContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.POSTGRESQL;
    }
}
