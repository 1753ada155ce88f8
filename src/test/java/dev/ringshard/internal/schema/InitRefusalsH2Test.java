package dev.ringshard.internal.schema;

import dev.ringshard.config.DatabaseKind;

class InitRefusalsH2Test extends InitRefusalsContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.H2;
    }
}
