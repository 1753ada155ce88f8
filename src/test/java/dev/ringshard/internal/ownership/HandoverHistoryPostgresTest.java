package dev.ringshard.internal.ownership;

import dev.ringshard.config.DatabaseKind;

class HandoverHistoryPostgresTest extends HandoverHistoryContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.POSTGRESQL;
    }
}
