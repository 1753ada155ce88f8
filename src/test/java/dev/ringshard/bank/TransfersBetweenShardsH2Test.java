package dev.ringshard.bank;

import dev.ringshard.config.DatabaseKind;

final class TransfersBetweenShardsH2Test extends TransfersBetweenShardsContract {
    TransfersBetweenShardsH2Test() {
        super(DatabaseKind.H2, DatabaseKind.H2, DatabaseKind.H2);
    }
}
