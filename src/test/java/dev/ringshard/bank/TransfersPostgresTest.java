package dev.ringshard.bank;

import dev.ringshard.config.DatabaseKind;

final class TransfersPostgresTest extends TransfersContract {
    TransfersPostgresTest() {
        super(DatabaseKind.POSTGRESQL, DatabaseKind.POSTGRESQL, DatabaseKind.POSTGRESQL);
    }
}
