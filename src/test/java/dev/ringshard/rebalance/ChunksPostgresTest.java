package dev.ringshard.rebalance;

import dev.ringshard.config.DatabaseKind;

class ChunksPostgresTest extends ChunksContract {
    ChunksPostgresTest() {
        super(DatabaseKind.POSTGRESQL);
    }
}
