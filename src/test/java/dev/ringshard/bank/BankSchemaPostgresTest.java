package dev.ringshard.bank;

import dev.ringshard.config.DatabaseKind;

final class BankSchemaPostgresTest extends BankSchemaContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.POSTGRESQL;
    }
}
