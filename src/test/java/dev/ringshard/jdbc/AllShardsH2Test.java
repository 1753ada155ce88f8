package dev.ringshard.jdbc;

import dev.ringshard.config.DatabaseKind;

class AllShardsH2Test extends AllShardsContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.H2;
    }
}
