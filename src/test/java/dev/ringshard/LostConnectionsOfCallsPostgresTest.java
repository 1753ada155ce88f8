package dev.ringshard;

import dev.ringshard.config.DatabaseKind;
import org.junit.jupiter.api.Tag;

@Tag("ci")
class LostConnectionsOfCallsPostgresTest extends LostConnectionsOfCallsContract {
    LostConnectionsOfCallsPostgresTest() {
        super(DatabaseKind.POSTGRESQL, 3);
    }
}
