package dev.ringshard.internal.schema;

import dev.ringshard.config.DatabaseKind;

class ForeseenRefusalsH2Test extends ForeseenRefusalsContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.H2;
    }
}
