package dev.ringshard.bank;

import dev.ringshard.config.DatabaseKind;

final class MoneyH2Test extends MoneyContract {
    MoneyH2Test() {
        super(DatabaseKind.H2, DatabaseKind.H2, DatabaseKind.H2);
    }
}
