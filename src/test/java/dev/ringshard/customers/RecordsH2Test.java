package dev.ringshard.customers;

import dev.ringshard.config.DatabaseKind;

final class RecordsH2Test extends RecordsContract {
    RecordsH2Test() {
        super(DatabaseKind.H2, DatabaseKind.H2, DatabaseKind.H2);
    }
}
