package dev.ringshard.jdbc;

import dev.ringshard.config.DatabaseKind;

class RoutedStatementPostgresTest extends RoutedStatementContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.POSTGRESQL;
    }
}
