package dev.ringshard.bank;

import dev.ringshard.config.DatabaseKind;

final class TransfersBetweenShardsPostgresTest extends TransfersBetweenShardsContract {
    TransfersBetweenShardsPostgresTest() {
        super(DatabaseKind.POSTGRESQL, DatabaseKind.POSTGRESQL, DatabaseKind.POSTGRESQL);
    }
}
