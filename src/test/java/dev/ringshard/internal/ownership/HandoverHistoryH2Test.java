package dev.ringshard.internal.ownership;

import dev.ringshard.config.DatabaseKind;

class HandoverHistoryH2Test extends HandoverHistoryContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.H2;
    }
}
