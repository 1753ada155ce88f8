package dev.ringshard.internal.schema;

import dev.ringshard.config.DatabaseKind;

class InterruptedInitH2Test extends InterruptedInitContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.H2;
    }
}
