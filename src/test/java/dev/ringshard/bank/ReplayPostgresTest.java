package dev.ringshard.bank;

import dev.ringshard.config.DatabaseKind;
import org.junit.jupiter.api.Tag;

@Tag("ci")
final class ReplayPostgresTest extends ReplayContract {
    ReplayPostgresTest() {
        super(DatabaseKind.POSTGRESQL, DatabaseKind.POSTGRESQL, DatabaseKind.POSTGRESQL, DatabaseKind.POSTGRESQL);
    }
}
