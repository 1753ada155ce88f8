package dev.ringshard.internal.ownership;

import dev.ringshard.config.DatabaseKind;

class RebalanceWatchTableH2Test extends RebalanceWatchTableContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.H2;
    }
}
