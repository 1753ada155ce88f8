package dev.ringshard.bank;

import dev.ringshard.config.DatabaseKind;

final class CreateAllH2Test extends CreateAllContract {
    CreateAllH2Test() {
        super(DatabaseKind.H2, DatabaseKind.H2, DatabaseKind.H2);
    }
}
