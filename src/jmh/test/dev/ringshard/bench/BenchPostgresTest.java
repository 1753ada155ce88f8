package dev.ringshard.bench;

import dev.ringshard.config.DatabaseKind;

class BenchPostgresTest extends BenchContract {
    BenchPostgresTest() {
        super(DatabaseKind.POSTGRESQL);
    }
}
