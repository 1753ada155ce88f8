package dev.ringshard.routing;

import dev.ringshard.config.DatabaseKind;

class EndedByWorkH2Test extends EndedByWorkContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.H2;
    }
}
