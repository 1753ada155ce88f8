package dev.ringshard.bank;

import dev.ringshard.config.DatabaseKind;

final class MoneyPostgresTest extends MoneyContract {
    MoneyPostgresTest() {
        super(DatabaseKind.POSTGRESQL, DatabaseKind.POSTGRESQL, DatabaseKind.POSTGRESQL);
    }
}
