package dev.ringshard.rebalance;

import dev.ringshard.config.DatabaseKind;

class BySizePostgresTest extends BySizeContract {
    BySizePostgresTest() {
        super(DatabaseKind.POSTGRESQL);
    }
}
