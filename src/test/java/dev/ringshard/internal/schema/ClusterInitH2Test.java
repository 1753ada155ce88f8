package dev.ringshard.internal.schema;

import dev.ringshard.config.DatabaseKind;

class ClusterInitH2Test extends ClusterInitContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.H2;
    }
}
