package dev.ringshard.routing;

import dev.ringshard.config.DatabaseKind;

class RouterFailuresH2Test extends RouterFailuresContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.H2;
    }
}
