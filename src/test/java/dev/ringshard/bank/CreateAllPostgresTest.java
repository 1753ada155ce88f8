package dev.ringshard.bank;

import dev.ringshard.config.DatabaseKind;

final class CreateAllPostgresTest extends CreateAllContract {
    CreateAllPostgresTest() {
        super(DatabaseKind.POSTGRESQL, DatabaseKind.POSTGRESQL, DatabaseKind.POSTGRESQL);
    }
}
