package dev.ringshard.jdbc;

import dev.ringshard.config.DatabaseKind;

class RoutedTransactionPostgresTest extends RoutedTransactionContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.POSTGRESQL;
    }
}
