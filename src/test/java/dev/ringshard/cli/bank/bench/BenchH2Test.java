package dev.ringshard.cli.bank.bench;

import dev.ringshard.config.DatabaseKind;
import org.junit.jupiter.api.Tag;

@Tag("ci")
class BenchH2Test extends BenchContract {
    BenchH2Test() {
        super(DatabaseKind.H2);
    }
}
