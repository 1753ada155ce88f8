package dev.ringshard.bank;

import dev.ringshard.config.DatabaseKind;

final class RecordsPostgresTest extends RecordsContract {
    RecordsPostgresTest() {
        super(DatabaseKind.POSTGRESQL, DatabaseKind.POSTGRESQL, DatabaseKind.POSTGRESQL);
    }
}
