package dev.ringshard.cli.bank.bench;

import dev.ringshard.config.DatabaseKind;
import org.junit.jupiter.api.Tag;

@Tag("ci")
class BenchPostgresTest extends BenchContract {
    BenchPostgresTest() {
        super(DatabaseKind.POSTGRESQL);
    }
}
