package dev.ringshard.bank;

import dev.ringshard.config.DatabaseKind;

final class OwnSqlH2Test extends OwnSqlContract {
    OwnSqlH2Test() {
        super(DatabaseKind.H2, DatabaseKind.H2, DatabaseKind.H2);
    }
}
