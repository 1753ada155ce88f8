package dev.ringshard.bank;

import dev.ringshard.config.DatabaseKind;

final class BankSchemaH2Test extends BankSchemaContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.H2;
    }
}
