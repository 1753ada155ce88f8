package dev.ringshard.bank;

import dev.ringshard.config.DatabaseKind;

final class OwnSqlPostgresTest extends OwnSqlContract {
    OwnSqlPostgresTest() {
        super(DatabaseKind.POSTGRESQL, DatabaseKind.POSTGRESQL, DatabaseKind.POSTGRESQL);
    }
}
