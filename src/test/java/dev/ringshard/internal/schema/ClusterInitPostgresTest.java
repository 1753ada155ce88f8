package dev.ringshard.internal.schema;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.testing.TestDatabase;

class ClusterInitPostgresTest extends ClusterInitContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.POSTGRESQL;
    }

    @Override
    ShardConfig alias(String name, TestDatabase database) {
        String url = database.url();
        String other = url.contains("127.0.0.1")
                ? url.replace("127.0.0.1", "localhost")
                : url.replace("localhost", "127.0.0.1");
        return ShardConfig.of(name, other, database.user(), database.password());
    }
}
