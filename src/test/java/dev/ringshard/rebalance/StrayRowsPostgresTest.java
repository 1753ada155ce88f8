package dev.ringshard.rebalance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.Ringshard;
import dev.ringshard.config.BankConfig;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows on a shard that does not own their keys may be all that there is of them: no copy takes their place. */
class StrayRowsPostgresTest {
    private static final int TENANTS = 40;
    private static final ShardedTable VISITS = ShardedTable.byKey("visits", "tenant_id");

    private final List<TestDatabase> databases = new ArrayList<>();
    private RingshardConfig config;

    @BeforeEach
    void a_shop_on_one_shard() throws SQLException {
        config = config(List.of(shard("eu-1")));
        Ringshard.init(config);
        sql(0, "INSERT INTO tenants SELECT 't-' || i FROM generate_series(1, " + TENANTS + ") i");
    }

    private static RingshardConfig config(List<ShardConfig> shards, ShardedTable... more) {
        RingshardConfig.Builder config = RingshardConfig.builder("shop")
                .bank(BankConfig.OFF)
                .shards(shards)
                .table(ShardedTable.byKey("tenants", "id"));
        for (ShardedTable table : more) {
            config.table(table);
        }
        return config.build();
    }

    private ShardConfig shard(String name) throws SQLException {
        TestDatabase database = TestCluster.database(DatabaseKind.POSTGRESQL);
        databases.add(database);
        sql(databases.size() - 1, """
                CREATE TABLE tenants (id text PRIMARY KEY);
                CREATE TABLE visits (tenant_id text NOT NULL, number int, PRIMARY KEY (tenant_id, number))""");
        return TestCluster.shard(name, database);
    }

    @Test
    void a_table_that_is_declared_later_and_has_rows_of_another_shard_is_not_fenced() throws SQLException {
        RingshardConfig two = config.withShard(shard("eu-2"));
        try (Ringshard shop = Ringshard.open(config)) {
            shop.addShard(two.shards().get(1));
        }
        sql(0, "INSERT INTO visits SELECT 't-' || i, 1 FROM generate_series(1, " + TENANTS + ") i");
        RingshardConfig newer = config(two.shards(), VISITS);

        assertThatThrownBy(() -> Ringshard.init(newer))
                .isInstanceOf(ForeignShardException.class)
                .hasMessageContaining("Shard eu-1 has rows that are not its own")
                .hasMessageContaining("visits has rows of keys that this shard does not own");
        assertThat(number(0, "SELECT count(*) FROM visits")).isEqualTo(TENANTS);

        sql(0, "DELETE FROM visits WHERE NOT ringshard.is_owned(ringshard.token(tenant_id))");
        assertThat(Ringshard.init(newer).fenced()).isNotEmpty();
    }

    @Test
    void a_database_that_has_rows_of_its_own_does_not_join() throws SQLException {
        ShardConfig second = shard("eu-2");
        sql(1, "INSERT INTO tenants SELECT 'other-' || i FROM generate_series(1, 5) i");
        try (Ringshard shop = Ringshard.open(config)) {
            assertThatThrownBy(() -> shop.addShard(second))
                    .isInstanceOf(ForeignShardException.class)
                    .hasMessageContaining("Shard eu-2 has rows that are not its own")
                    .hasMessageContaining("tenants has rows");
        }
        assertThat(number(1, "SELECT count(*) FROM tenants")).isEqualTo(5);
        assertThat(number(0, "SELECT count(*) FROM tenants")).isEqualTo(TENANTS);
    }

    @Test
    void rows_that_came_past_the_fence_are_told_before_anything_moves() throws SQLException {
        ShardConfig second = shard("eu-2");
        try (Ringshard shop = Ringshard.open(config)) {
            shop.addShard(second);
            String foreign = stray();

            assertThatThrownBy(() -> shop.removeShard("eu-2"))
                    .isInstanceOf(ForeignShardException.class)
                    .hasMessageContaining("Rows cannot move from or to shard eu-1")
                    .hasMessageContaining("tenants has rows of keys that this shard does not own");
            assertThat(number(0, "SELECT count(*) FROM tenants WHERE id = '" + foreign + "'"))
                    .isEqualTo(1);
        }
    }

    @Test
    void rows_that_came_past_the_fence_while_others_move_are_not_deleted() throws SQLException {
        ShardConfig second = shard("eu-2");
        AtomicBoolean isWritten = new AtomicBoolean();
        try (Ringshard shop = Ringshard.open(config)) {
            shop.addShard(second);
            assertThatThrownBy(() -> shop.removeShard("eu-2", progress -> {
                        if (!isWritten.getAndSet(true)) {
                            strayOrFail();
                        }
                    }))
                    .isInstanceOf(ForeignShardException.class)
                    .hasMessageContaining("Rows cannot move to shard eu-1")
                    .hasMessageContaining("nothing was deleted");
        }
        assertThat(number(0, "SELECT count(*) FROM tenants WHERE NOT ringshard.is_owned(ringshard.token(id))"))
                .isEqualTo(1);
    }

    private void strayOrFail() {
        try {
            stray();
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** As a restore of one table brings it, or logical replication. */
    private String stray() throws SQLException {
        String foreign = String.valueOf(databases.get(1).text("SELECT max(id) FROM tenants"));
        sql(0, "SET session_replication_role = replica; INSERT INTO tenants VALUES ('" + foreign + "')");
        return foreign;
    }

    private void sql(int database, String statements) throws SQLException {
        databases.get(database).execute(statements);
    }

    private long number(int database, String query) throws SQLException {
        return databases.get(database).number(query);
    }
}
