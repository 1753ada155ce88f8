package dev.ringshard.spring;

import dev.ringshard.config.DatabaseKind;
import org.junit.jupiter.api.Tag;

@Tag("ci")
class StartingAtOnceH2Test extends StartingAtOnceContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.H2;
    }
}
