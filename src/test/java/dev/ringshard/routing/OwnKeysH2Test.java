package dev.ringshard.routing;

import dev.ringshard.config.DatabaseKind;

class OwnKeysH2Test extends OwnKeysContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.H2;
    }
}
