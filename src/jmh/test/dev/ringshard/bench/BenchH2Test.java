package dev.ringshard.bench;

import dev.ringshard.config.DatabaseKind;

class BenchH2Test extends BenchContract {
    BenchH2Test() {
        super(DatabaseKind.H2);
    }
}
