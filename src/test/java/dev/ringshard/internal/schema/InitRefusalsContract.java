package dev.ringshard.internal.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.failure.SqlFailedException;
import dev.ringshard.ring.KeyHashes;
import dev.ringshard.status.InitOutcome;
import dev.ringshard.testing.TestCluster;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What init, and opening, refuse: databases that are not what the configuration takes them for. */
abstract class InitRefusalsContract {
    private final FoundingDatabases databases = new FoundingDatabases(kind());

    abstract DatabaseKind kind();

    @Test
    void a_founder_whose_database_is_gone_does_not_get_its_tokens_again_in_an_empty_one() throws SQLException {
        Ringshard.init(databases.config());

        assertThatThrownBy(() -> Ringshard.init(TestCluster.config(
                        List.of(databases.shard(0), TestCluster.shard("eu-2", databases.database(2))))))
                .isInstanceOf(ForeignShardException.class)
                .hasMessageContaining("founded on another database as eu-2 than the one configured")
                .hasMessageContaining("Correct the url of eu-2, or restore its database");
        assertThat(databases.handedOut().isComplete()).isTrue();
    }

    @Test
    void a_cluster_that_is_there_is_migrated_and_not_founded_again_with_one_more_shard() throws SQLException {
        Ringshard.init(databases.config());

        assertThat(Ringshard.init(databases.config().withShard(databases.shard(2))))
                .isEqualTo(new InitOutcome(0, List.of(), List.of()));
        assertThat(databases.handedOut().isComplete()).isTrue();
        assertThat(databases.isTouched(2)).isFalse();
    }

    @Test
    void a_database_of_another_cluster_is_left_alone() throws SQLException {
        Ringshard.init(databases.config());
        RingshardConfig other = RingshardConfig.builder("shop")
                .ring(databases.config().ring())
                .shards(List.of(databases.shard(2), databases.shard(0)))
                .build();

        assertThatThrownBy(() -> Ringshard.init(other))
                .isInstanceOf(ForeignShardException.class)
                .hasMessage(
                        "The database configured as shard eu-1 belongs to cluster bank, not to shop. It is left alone; nothing was written. Correct url or cluster.");
        assertThat(databases.isTouched(2)).isFalse();
    }

    @Test
    void a_database_that_carries_another_shards_name_is_left_alone() {
        Ringshard.init(databases.config());
        List<ShardConfig> swapped = List.of(
                TestCluster.shard("eu-1", databases.database(1)),
                TestCluster.shard("eu-2", databases.database(0)),
                databases.shard(2));

        assertThatThrownBy(() -> Ringshard.init(TestCluster.config(swapped)))
                .isInstanceOf(ForeignShardException.class)
                .hasMessageContaining("The database configured as shard eu-1 is shard eu-2 of cluster bank.");
        assertThatThrownBy(() -> Ringshard.open(TestCluster.config(swapped)))
                .isInstanceOf(ForeignShardException.class)
                .hasMessageContaining(" of cluster bank. It is left alone; nothing was written. Correct url or name.");
    }

    @Test
    void another_hash_is_refused() {
        Ringshard.init(databases.config());

        assertThatThrownBy(() -> Ringshard.open(
                        databases.config(databases.config().ring().withHash(KeyHashes.named("xxh3")))))
                .isInstanceOf(ForeignShardException.class)
                .hasMessageContaining("places keys with hash md5, the configuration with xxh3");
    }

    @Test
    void another_function_under_the_same_name_is_refused() {
        Ringshard.init(databases.config());

        assertThatThrownBy(() -> Ringshard.open(
                        databases.config(databases.config().ring().withHash(new FalseMd5()))))
                .isInstanceOf(ForeignShardException.class)
                .hasMessageContaining("not the same function");
    }

    private record FalseMd5() implements dev.ringshard.ring.KeyHash {
        @Override
        public String name() {
            return "md5";
        }

        @Override
        public long token(byte[] utf8, int length) {
            return 42;
        }
    }

    @Test
    void two_names_for_one_database_are_refused_before_anything_is_written() throws SQLException {
        List<ShardConfig> twice = List.of(databases.shard(0), databases.alias("eu-2", 0));

        assertThatThrownBy(() -> Ringshard.init(TestCluster.config(twice)))
                .isInstanceOf(ForeignShardException.class)
                .hasMessageContaining(
                        "Shards eu-1 and eu-2 are configured with the same database. Nothing was written.");
        assertThat(databases.isTouched(0)).isFalse();
    }

    @Test
    void a_shard_that_does_not_answer_stops_it_before_anything_is_written() throws SQLException {
        ShardConfig silent = ShardConfig.of("eu-9", "jdbc:postgresql://127.0.0.1:1/none", "nobody", "none")
                .withPool(databases.shard(0).pool().withConnectionTimeout(Duration.ofMillis(250)));

        assertThatThrownBy(() -> Ringshard.init(TestCluster.config(List.of(databases.shard(0), silent))))
                .isInstanceOf(ShardUnavailableException.class)
                .hasMessageContaining("Shard eu-9 cannot be reached");
        assertThat(databases.isTouched(0)).isFalse();
    }

    @Test
    void a_cluster_that_is_not_initialised_is_not_opened() throws SQLException {
        assertThatThrownBy(() -> Ringshard.open(databases.config()))
                .isInstanceOf(ForeignShardException.class)
                .hasMessage(
                        "Cluster bank is not initialised: none of its 2 databases takes part in a cluster. Nothing was written. Run init.");
        assertThat(databases.isTouched(0)).isFalse();
    }

    @Test
    void a_database_that_has_a_table_customers_already_is_refused_until_it_is_gone() throws SQLException {
        databases.sql(1, "CREATE TABLE customers (id int PRIMARY KEY)");

        assertThatThrownBy(() -> Ringshard.init(databases.config()))
                .isInstanceOf(SqlFailedException.class)
                .hasMessageContaining("Shard eu-2 could not be migrated");
        assertThat(databases.number(0, "SELECT count(*) FROM ringshard.owned_range"))
                .isZero();

        databases.sql(1, "DROP TABLE customers");
        Ringshard.init(databases.config());
        assertThat(databases.handedOut().isComplete()).isTrue();
    }
}
