package dev.ringshard.bank;

import dev.ringshard.config.DatabaseKind;

final class ConcurrencyPostgresTest extends ConcurrencyContract {
    ConcurrencyPostgresTest() {
        super(DatabaseKind.POSTGRESQL, DatabaseKind.POSTGRESQL, DatabaseKind.POSTGRESQL);
    }
}
