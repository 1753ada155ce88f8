package dev.ringshard.internal.schema;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.testing.TestDatabase;
import org.h2.jdbcx.JdbcDataSource;

class ClusterInitH2Test extends ClusterInitContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.H2;
    }

    @Override
    ShardConfig alias(String name, TestDatabase database) {
        JdbcDataSource source = new JdbcDataSource();
        source.setURL(database.url());
        source.setUser(database.user());
        source.setPassword(database.password());
        return ShardConfig.h2(name, source);
    }
}
