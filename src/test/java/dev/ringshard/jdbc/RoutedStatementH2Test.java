package dev.ringshard.jdbc;

import dev.ringshard.config.DatabaseKind;

class RoutedStatementH2Test extends RoutedStatementContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.H2;
    }
}
