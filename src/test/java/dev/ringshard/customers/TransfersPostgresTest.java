package dev.ringshard.customers;

import dev.ringshard.config.DatabaseKind;

final class TransfersPostgresTest extends TransfersContract {
    TransfersPostgresTest() {
        super(DatabaseKind.POSTGRESQL, DatabaseKind.POSTGRESQL, DatabaseKind.POSTGRESQL);
    }
}
