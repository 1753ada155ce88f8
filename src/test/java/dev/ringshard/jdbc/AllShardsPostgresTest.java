package dev.ringshard.jdbc;

import dev.ringshard.config.DatabaseKind;

class AllShardsPostgresTest extends AllShardsContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.POSTGRESQL;
    }
}
