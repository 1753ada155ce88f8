package dev.ringshard.bank;

import dev.ringshard.config.DatabaseKind;

final class ScatterPostgresTest extends ScatterContract {
    ScatterPostgresTest() {
        super(DatabaseKind.POSTGRESQL, DatabaseKind.POSTGRESQL, DatabaseKind.POSTGRESQL);
    }
}
