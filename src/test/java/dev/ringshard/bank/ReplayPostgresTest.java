package dev.ringshard.bank;

import dev.ringshard.config.DatabaseKind;

final class ReplayPostgresTest extends ReplayContract {
    ReplayPostgresTest() {
        super(DatabaseKind.POSTGRESQL, DatabaseKind.POSTGRESQL, DatabaseKind.POSTGRESQL, DatabaseKind.POSTGRESQL);
    }
}
