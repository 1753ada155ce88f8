package dev.ringshard.internal.ownership;

import dev.ringshard.config.DatabaseKind;

class RebalanceWatchTablePostgresTest extends RebalanceWatchTableContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.POSTGRESQL;
    }
}
