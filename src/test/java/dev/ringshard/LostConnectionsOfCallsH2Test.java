package dev.ringshard;

import dev.ringshard.config.DatabaseKind;
import org.junit.jupiter.api.Tag;

@Tag("ci")
class LostConnectionsOfCallsH2Test extends LostConnectionsOfCallsContract {
    LostConnectionsOfCallsH2Test() {
        super(DatabaseKind.H2, 1);
    }
}
