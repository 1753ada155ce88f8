package dev.ringshard.jdbc;

import dev.ringshard.config.DatabaseKind;

class ReportsDuringRebalanceH2Test extends ReportsDuringRebalanceContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.H2;
    }
}
