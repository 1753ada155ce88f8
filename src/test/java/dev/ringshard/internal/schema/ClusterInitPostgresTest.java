package dev.ringshard.internal.schema;

import dev.ringshard.config.DatabaseKind;

class ClusterInitPostgresTest extends ClusterInitContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.POSTGRESQL;
    }
}
