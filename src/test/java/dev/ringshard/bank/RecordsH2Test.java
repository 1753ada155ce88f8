package dev.ringshard.bank;

import dev.ringshard.config.DatabaseKind;

final class RecordsH2Test extends RecordsContract {
    RecordsH2Test() {
        super(DatabaseKind.H2, DatabaseKind.H2, DatabaseKind.H2);
    }
}
