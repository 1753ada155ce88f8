package dev.ringshard.bank;

import dev.ringshard.config.DatabaseKind;

final class TransfersH2Test extends TransfersContract {
    TransfersH2Test() {
        super(DatabaseKind.H2, DatabaseKind.H2, DatabaseKind.H2);
    }
}
