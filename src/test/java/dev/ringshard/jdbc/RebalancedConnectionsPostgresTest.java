package dev.ringshard.jdbc;

import dev.ringshard.config.DatabaseKind;

class RebalancedConnectionsPostgresTest extends RebalancedConnectionsContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.POSTGRESQL;
    }
}
