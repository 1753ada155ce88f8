package dev.ringshard.bank;

import dev.ringshard.config.DatabaseKind;

final class ConcurrencyH2Test extends ConcurrencyContract {
    ConcurrencyH2Test() {
        super(DatabaseKind.H2, DatabaseKind.H2, DatabaseKind.H2);
    }
}
