package dev.ringshard.jdbc;

import dev.ringshard.config.DatabaseKind;

class RebalancedConnectionsH2Test extends RebalancedConnectionsContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.H2;
    }
}
