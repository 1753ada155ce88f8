package dev.ringshard.routing;

import dev.ringshard.config.DatabaseKind;

class RouterH2Test extends RouterContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.H2;
    }
}
