package dev.ringshard.rebalance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.Ringshard;
import dev.ringshard.config.BankConfig;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.testing.PostgresServer;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database joins whose tables come from a team's own migrations, which began on a database that had some already. */
class BaselinePostgresTest {
    private static final String TENANTS = "CREATE TABLE tenants (id bigint PRIMARY KEY, name text)";

    private final TestDatabase first = PostgresServer.shared().createDatabase();
    private final TestDatabase second = PostgresServer.shared().createDatabase();
    private final Path migrations;

    BaselinePostgresTest(@TempDir Path migrations) throws IOException {
        this.migrations = migrations;
        Files.writeString(migrations.resolve("V6__plan.sql"), "ALTER TABLE tenants ADD plan text");
    }

    /** With its tables, and Flyway's history under a name of the team's. */
    private RingshardConfig founded() throws SQLException {
        first.execute(TENANTS + "; INSERT INTO tenants SELECT id, 'x' FROM generate_series(1, 50) id");
        Flyway.configure()
                .dataSource(first.url(), first.user(), first.password())
                .table("team_history")
                .baselineVersion("5")
                .load()
                .baseline();
        RingshardConfig config = RingshardConfig.builder("shop")
                .bank(BankConfig.OFF)
                .table(ShardedTable.byKey("tenants", "id"))
                .migrations("filesystem:" + migrations)
                .historyTable("team_history")
                .shard(TestCluster.shard("first", first))
                .build();
        assertThat(Ringshard.init(config).founded()).containsExactly("first");
        assertThat(first.number("SELECT count(*) FROM information_schema.columns WHERE column_name = 'plan'"))
                .isEqualTo(1);
        return config;
    }

    @Test
    void what_no_migration_makes_is_not_begun() throws SQLException {
        try (Ringshard cluster = Ringshard.open(founded())) {
            assertThatThrownBy(() -> cluster.addShard(TestCluster.shard("second", second)))
                    .isInstanceOf(ForeignShardException.class)
                    .hasMessageContaining("on first, Flyway's history begins with a baseline at version 5")
                    .hasMessageContaining("Nothing was changed.")
                    .hasMessageContaining("--schema-from first");
        }
        assertThat(second.number("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))
                .isZero();
    }

    @Test
    void migrations_from_before_the_baseline_make_the_tables_of_who_joins() throws Exception {
        Files.writeString(migrations.resolve("V1__tenants.sql"), TENANTS);
        try (Ringshard cluster = Ringshard.open(founded())) {
            cluster.addShard(TestCluster.shard("second", second));

            assertThat(second.number("SELECT count(*) FROM tenants")).isPositive();
            assertThat(second.number("SELECT count(*) FROM team_history WHERE version = '1'"))
                    .isEqualTo(1);
            assertThat(cluster.verify().isSound()).isTrue();
        }
    }
}
