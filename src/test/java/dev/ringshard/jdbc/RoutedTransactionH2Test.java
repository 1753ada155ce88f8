package dev.ringshard.jdbc;

import dev.ringshard.config.DatabaseKind;

class RoutedTransactionH2Test extends RoutedTransactionContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.H2;
    }
}
