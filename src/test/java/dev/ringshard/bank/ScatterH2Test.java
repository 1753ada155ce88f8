package dev.ringshard.bank;

import dev.ringshard.config.DatabaseKind;

final class ScatterH2Test extends ScatterContract {
    ScatterH2Test() {
        super(DatabaseKind.H2, DatabaseKind.H2, DatabaseKind.H2);
    }
}
