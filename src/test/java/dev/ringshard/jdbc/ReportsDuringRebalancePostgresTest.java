package dev.ringshard.jdbc;

import dev.ringshard.config.DatabaseKind;

class ReportsDuringRebalancePostgresTest extends ReportsDuringRebalanceContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.POSTGRESQL;
    }
}
