package dev.ringshard.spring;

import dev.ringshard.jdbc.RingshardDataSource;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Boot's own Flyway, which migrates the data source of the application when that starts. That of a cluster is no one database: its
 * tables are made by {@code init}, on every shard. Another one is migrated as ever.
 */
final class FlywayOfBoot {
    private static final Logger LOG = LoggerFactory.getLogger(FlywayOfBoot.class);

    private FlywayOfBoot() {}

    static void migrate(Flyway flyway) {
        if (isOfCluster(flyway.getConfiguration().getDataSource())) {
            LOG.info(
                    "Spring Boot's Flyway was left out: its data source is Ringshard's, and the tables of all shards are made by init, of ringshard.tables.migrations.");
        } else {
            flyway.migrate();
        }
    }

    private static boolean isOfCluster(@Nullable DataSource dataSource) {
        try {
            return dataSource != null
                    && (dataSource instanceof RingshardDataSource
                            || dataSource.isWrapperFor(RingshardDataSource.class));
        } catch (SQLException unknown) {
            return false;
        }
    }
}
