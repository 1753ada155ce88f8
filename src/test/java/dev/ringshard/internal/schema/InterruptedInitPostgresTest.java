package dev.ringshard.internal.schema;

import dev.ringshard.config.DatabaseKind;
import org.junit.jupiter.api.Tag;

@Tag("ci")
class InterruptedInitPostgresTest extends InterruptedInitContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.POSTGRESQL;
    }
}
