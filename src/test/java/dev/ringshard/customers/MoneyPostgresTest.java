package dev.ringshard.customers;

import dev.ringshard.config.DatabaseKind;

final class MoneyPostgresTest extends MoneyContract {
    MoneyPostgresTest() {
        super(DatabaseKind.POSTGRESQL, DatabaseKind.POSTGRESQL, DatabaseKind.POSTGRESQL);
    }
}
