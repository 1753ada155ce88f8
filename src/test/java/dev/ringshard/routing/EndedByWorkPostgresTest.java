package dev.ringshard.routing;

import dev.ringshard.config.DatabaseKind;

class EndedByWorkPostgresTest extends EndedByWorkContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.POSTGRESQL;
    }
}
