package dev.ringshard.internal.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.Ringshard;
import dev.ringshard.config.BankConfig;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingConfig;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.failure.SqlFailedException;
import dev.ringshard.status.ClusterCheck;
import dev.ringshard.status.ClusterCheck.State;
import dev.ringshard.status.InitOutcome;
import dev.ringshard.status.InitOutcome.Fenced;
import dev.ringshard.status.InitStep;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A look at the configuration tells what init would refuse, and what one that was interrupted has left. */
abstract class ForeseenRefusalsContract {
    private static final ShardedTable ORDERS = ShardedTable.byKey("orders", "customer");
    private static final String CREATE = "CREATE TABLE orders (id int PRIMARY KEY, customer %s NOT NULL)";

    private final List<TestDatabase> databases =
            List.of(TestCluster.database(kind()), TestCluster.database(kind()), TestCluster.database(kind()));

    abstract DatabaseKind kind();

    @Test
    void a_table_that_is_not_there_is_refused_and_those_of_the_other_shards_stay_as_they_were() throws SQLException {
        sql(0, CREATE.formatted("varchar(20)"));
        RingshardConfig config = config().table(ORDERS).build();

        assertBothRefuse(config, "orders is not there, or is no table");
        assertThat(Ringshard.check(config).shards().get(0).problem().orElseThrow())
                .contains("is migrated. Nothing is lost")
                .doesNotContain("fenced");
        sql(0, "INSERT INTO orders VALUES (1, 'ada')");

        sql(1, CREATE.formatted("varchar(20)"));
        assertThat(Ringshard.check(config).problem()).isEmpty();
        assertThat(Ringshard.init(config).fenced())
                .contains(new Fenced("eu-1", "orders"), new Fenced("eu-2", "orders"));
    }

    @Test
    void a_misspelt_table_is_refused_with_the_one_that_was_meant() throws SQLException {
        sql(0, CREATE.formatted("varchar(20)"));
        sql(1, CREATE.formatted("varchar(20)"));

        assertBothRefuse(
                config().table(ShardedTable.byKey("ordres", "customer")).build(),
                "(there is no table public.ordres): make it by a migration, or correct tables.sharded. Did you mean orders?");
        assertBothRefuse(
                config().table(ORDERS).referenceTable("oders").build(),
                "or correct tables.reference. Did you mean orders?");
    }

    @Test
    void a_table_that_breaks_a_rule_is_refused_on_every_shard() throws SQLException {
        sql(0, CREATE.formatted("date"));
        sql(1, CREATE.formatted("date"));
        RingshardConfig config = config().table(ORDERS).build();

        assertBothRefuse(config, "orders has the key column customer of type date");
        assertThat(Ringshard.check(config).problem().orElseThrow()).contains("Shard eu-1 ", "Shard eu-2 ");
    }

    @Test
    void a_table_with_a_name_of_the_banks_is_refused() throws SQLException {
        sql(1, "CREATE TABLE customers (id int)");
        RingshardConfig config = config().build();

        ClusterCheck check = Ringshard.check(config);
        assertThat(check.problem().orElseThrow())
                .contains("Shard eu-2 cannot be initialised", "customers is there already", "bank: false");
        assertThatThrownBy(() -> Ringshard.init(config))
                .isInstanceOf(RingshardException.class)
                .hasMessageContaining("bank: false");
    }

    @Test
    void a_migration_that_makes_a_table_with_a_name_of_the_banks_is_told_whose_it_is(@TempDir Path folder)
            throws Exception {
        Files.writeString(folder.resolve("V1__shop.sql"), "CREATE TABLE customers (id int PRIMARY KEY)");
        RingshardConfig config =
                config().table(ORDERS).migrations("filesystem:" + folder).build();

        assertThatThrownBy(() -> Ringshard.init(config))
                .isInstanceOf(SqlFailedException.class)
                .hasMessageContaining("Tables of the built-in bank were made here before them: customers, ")
                .hasMessageContaining("(bank: false). Then drop what was made, once you have seen that it is empty.");
    }

    @Test
    void nobody_is_told_to_drop_the_tables_of_a_bank_that_works(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("V1__shop.sql"), CREATE.formatted("varchar(20)"));
        RingshardConfig config =
                config().table(ORDERS).migrations("filesystem:" + folder).build();
        Ringshard.init(config);
        Files.writeString(folder.resolve("V2__shop.sql"), "CREATE TABLE customers (id int PRIMARY KEY)");

        assertThatThrownBy(() -> Ringshard.init(config))
                .isInstanceOf(SqlFailedException.class)
                .hasMessageContaining("could not be migrated by tables.migrations")
                .message()
                .doesNotContain("drop", "made here");
    }

    @Test
    void tables_that_all_migrations_have_made_are_looked_at_also_where_init_has_not_ended(@TempDir Path folder)
            throws Exception {
        Files.writeString(folder.resolve("V1__shop.sql"), CREATE.formatted("date"));
        RingshardConfig config = config().bank(BankConfig.OFF)
                .table(ORDERS)
                .migrations("filesystem:" + folder)
                .build();
        assertThat(Ringshard.check(config).problem()).isEmpty(); // what a migration makes is not known before

        assertThatThrownBy(() -> Ringshard.init(config)).isInstanceOf(ForeignShardException.class);
        assertThat(Ringshard.check(config).problem().orElseThrow())
                .contains("Shard eu-1 ", "orders has the key column customer of type date");
    }

    @Test
    void a_bank_is_refused_beside_keys_of_another_type_before_anything_of_it_is_made() throws SQLException {
        for (int i = 0; i < 2; i++) {
            sql(i, CREATE.formatted("bigint"));
        }
        Ringshard.init(config().bank(BankConfig.OFF).table(ORDERS).build());

        RingshardConfig config =
                config().bank(BankConfig.inSchema("bank")).table(ORDERS).build();
        assertBothRefuse(
                config,
                "The keys of cluster shop are whole numbers, and those of the built-in bank are texts, so that it cannot be");
        assertThatThrownBy(() -> sql(0, "INSERT INTO bank.customers VALUES (1)"))
                .hasMessageContaining("bank");
        assertThat(Ringshard.check(config().bank(BankConfig.OFF).table(ORDERS).build())
                        .problem())
                .isEmpty();
    }

    @Test
    void another_type_of_keys_than_the_clusters_is_refused_and_nothing_is_fenced() throws SQLException {
        for (int i = 0; i < 2; i++) {
            sql(i, "CREATE TABLE letters (id int PRIMARY KEY, customer varchar(20) NOT NULL)");
        }
        Ringshard.init(config().bank(BankConfig.OFF)
                .table(ShardedTable.byKey("letters", "customer"))
                .build());
        for (int i = 0; i < 2; i++) {
            sql(i, "DROP TABLE letters");
            sql(i, "DELETE FROM ringshard.sharded_table");
            sql(i, CREATE.formatted("bigint"));
        }
        RingshardConfig config = config().bank(BankConfig.OFF).table(ORDERS).build();

        assertBothRefuse(
                config, "The keys of cluster shop are texts, and those of the tables that are declared now are");
        sql(0, "INSERT INTO orders VALUES (1, 1)");
    }

    @Test
    void a_founding_that_was_begun_with_another_configuration_is_refused() {
        RingshardConfig config = config().build();
        interrupt(config, InitStep.HAND_OUT, "eu-1");

        RingshardConfig other =
                config().ring(RingConfig.DEFAULT.withVirtualNodes(9)).build();
        assertBothRefuse(other, "was prepared for another founding than the configured one");
        assertThat(Ringshard.check(config).has(State.UNFINISHED)).isTrue();
        assertThat(Ringshard.check(config).problem()).isEmpty();
    }

    @Test
    void another_database_under_the_name_of_a_founder_is_refused_before_it_is_touched() {
        RingshardConfig config = config().build();
        interrupt(config, InitStep.HAND_OUT, "eu-1");

        RingshardConfig other = RingshardConfig.builder("shop")
                .shard(TestCluster.shard("eu-1", databases.get(0)))
                .shard(TestCluster.shard("eu-2", databases.get(2)))
                .build();
        assertBothRefuse(other, "founded on another database as eu-2 than the one configured");
        assertThat(Ringshard.check(other).shards().get(1).schemaVersion()).isEmpty();
    }

    @Test
    void tables_that_an_interrupted_init_has_fenced_are_told_and_the_next_finishes_it() throws SQLException {
        sql(0, CREATE.formatted("varchar(20)"));
        sql(1, CREATE.formatted("varchar(20)"));
        RingshardConfig config = config().bank(BankConfig.OFF).table(ORDERS).build();
        interrupt(config, InitStep.FENCE, "eu-2");

        ClusterCheck check = Ringshard.check(config);
        assertThat(check.shards().get(0).problem().orElseThrow())
                .contains("orders is fenced, so that nobody can write to it", "repeating it");
        assertThat(check.shards().get(1).problem().orElseThrow()).doesNotContain("fenced");
        assertThatThrownBy(() -> Ringshard.open(config))
                .isInstanceOf(ForeignShardException.class)
                .hasMessageContaining("orders is fenced, so that nobody can write to it")
                .hasMessageContaining("Run init.");

        assertThat(Ringshard.init(config))
                .isEqualTo(new InitOutcome(0, List.of(new Fenced("eu-2", "orders")), List.of("eu-1", "eu-2")));
        assertThat(Ringshard.check(config).isSound()).isTrue();
        assertThat(Ringshard.init(config)).isEqualTo(new InitOutcome(0, List.of(), List.of()));
    }

    /** That it is so can only be seen once tokens are computed. */
    @Test
    void rows_that_would_be_another_founders_are_refused_and_founding_alone_keeps_them() throws SQLException {
        sql(0, CREATE.formatted("varchar(20)"));
        sql(1, CREATE.formatted("varchar(20)"));
        for (int i = 0; i < 20; i++) {
            sql(0, "INSERT INTO orders VALUES (%1$d, 'c-%1$d')".formatted(i));
        }
        RingshardConfig config = config().bank(BankConfig.OFF).table(ORDERS).build();

        assertThatThrownBy(() -> Ringshard.init(config))
                .isInstanceOf(ForeignShardException.class)
                .hasMessageContaining("Shard eu-1 has rows in orders that would be another shard's")
                .hasMessageContaining("nothing was handed out")
                .hasMessageContaining("Found the cluster with shard eu-1 alone");
        sql(0, "INSERT INTO orders VALUES (20, 'later')");

        RingshardConfig alone = RingshardConfig.builder("shop")
                .bank(BankConfig.OFF)
                .table(ORDERS)
                .shard(TestCluster.shard("eu-1", databases.get(0)))
                .build();
        assertThat(Ringshard.init(alone).founded()).containsExactly("eu-1");
        try (Ringshard shop = Ringshard.open(alone)) {
            assertThat(shop.verify().isSound()).isTrue();
        }
    }

    private void assertBothRefuse(RingshardConfig config, String reason) {
        assertThat(Ringshard.check(config).problem().orElseThrow()).contains(reason);
        assertThatThrownBy(() -> Ringshard.init(config))
                .isInstanceOf(ForeignShardException.class)
                .hasMessageContaining(reason);
        assertThat(Ringshard.check(config).problem().orElseThrow())
                .as("after init has refused it")
                .contains(reason);
    }

    /** Ends an init before it takes this step with this shard. */
    private static void interrupt(RingshardConfig config, InitStep fatal, String fatalShard) {
        assertThatThrownBy(() -> Ringshard.init(config, (step, shard) -> {
                    if (step == fatal && shard.equals(fatalShard)) {
                        throw new IllegalStateException("killed");
                    }
                }))
                .hasMessage("killed");
    }

    private RingshardConfig.Builder config() {
        return RingshardConfig.builder("shop")
                .shard(TestCluster.shard("eu-1", databases.get(0)))
                .shard(TestCluster.shard("eu-2", databases.get(1)));
    }

    private void sql(int index, String sql) throws SQLException {
        try (Connection connection = databases.get(index).connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
