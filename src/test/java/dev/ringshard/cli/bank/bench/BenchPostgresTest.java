package dev.ringshard.cli.bank.bench;

import dev.ringshard.config.DatabaseKind;

class BenchPostgresTest extends BenchContract {
    BenchPostgresTest() {
        super(DatabaseKind.POSTGRESQL);
    }
}
