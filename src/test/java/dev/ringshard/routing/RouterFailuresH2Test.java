package dev.ringshard.routing;

import dev.ringshard.config.DatabaseKind;
import org.junit.jupiter.api.Tag;

@Tag("ci")
class RouterFailuresH2Test extends RouterFailuresContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.H2;
    }
}
