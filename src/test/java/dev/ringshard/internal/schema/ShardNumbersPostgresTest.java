package dev.ringshard.internal.schema;

import dev.ringshard.config.DatabaseKind;

class ShardNumbersPostgresTest extends ShardNumbersContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.POSTGRESQL;
    }
}
