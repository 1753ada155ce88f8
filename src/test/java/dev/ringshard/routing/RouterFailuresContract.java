package dev.ringshard.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.failure.ContentionException;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.scatter.Gathered;
import dev.ringshard.status.ClusterStatus;
import dev.ringshard.testing.TestCluster;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A router beside shards that are down or sick, and work that it must refuse. Shows that only what needs a failing shard
 * fails, and that what is refused has changed nothing.
 */
abstract class RouterFailuresContract extends RoutedCluster {
    @Test
    void opens_with_a_shard_down_and_serves_all_others() {
        String here = customerOn("eu-1");
        String there = customerOn("eu-2");
        RingshardConfig half = TestCluster.config(List.of(shard(0), unreachable("eu-2"), shard(2)));
        try (Ringshard other = Ringshard.open(half)) {
            assertThat(other.customers().find(here)).isPresent();
            assertThatThrownBy(() -> other.customers().find(there))
                    .isInstanceOfSatisfying(ShardUnavailableException.class, failure -> assertThat(failure.shard())
                            .isEqualTo("eu-2"))
                    .hasMessageContaining("belongs to none of the shards that answer. Shard eu-2 cannot be reached: ");
            assertThatThrownBy(() -> other.customers().count())
                    .isInstanceOf(ShardUnavailableException.class)
                    .hasMessageContaining("needs eu-2. Shard eu-2 cannot be reached: ");
            Gathered<?> partial = other.customers().totalsOfAvailableShards();
            assertThat(partial.missing()).containsExactly("eu-2");
            assertThat(partial.parts()).containsOnlyKeys("eu-1", "eu-3");
            assertThat(partial.isComplete()).isFalse();
        }
    }

    @Test
    void a_transaction_over_keys_of_two_shards_is_refused_before_anything_runs() {
        String here = customerOn("eu-1");
        String there = customerOn("eu-2");
        boolean[] ran = {false};

        assertThatThrownBy(() -> bank.router().transaction(List.of(here, there), transaction -> {
                    ran[0] = true;
                    return ran;
                }))
                .isInstanceOf(dev.ringshard.failure.KeysOnDifferentShardsException.class)
                .hasMessageContaining("live on 2 shards (eu-1, eu-2)");
        assertThat(ran[0]).isFalse();
    }

    @Test
    void a_row_of_a_key_that_the_transaction_did_not_name_is_refused_at_once() {
        String here = customerOn("eu-1");
        String there = customerOn("eu-2");
        int[] runs = {0};

        assertThatThrownBy(() -> bank.router().transaction(here, transaction -> {
                    runs[0]++;
                    return transaction
                            .dsl()
                            .execute(
                                    "INSERT INTO customers (customer_key, first_name, last_name, ring_token)"
                                            + " VALUES ('stray', 'A', 'B', ?)",
                                    bank.router().token(there));
                }))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("belongs to none of its keys, and eu-1 does not own it");
        assertThat(runs[0]).isEqualTo(1);
    }

    @Test
    void a_single_statement_that_writes_a_stray_row_is_refused_at_once() {
        String here = customerOn("eu-1");
        long there = bank.router().token(customerOn("eu-2"));

        assertThatThrownBy(() -> bank.router()
                        .update(
                                here,
                                FencedStatement.of("UPDATE customers SET ring_token = ? WHERE customer_key = ?"),
                                there,
                                here))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("belongs to none of its keys, and eu-1 does not own it");
    }

    @Test
    void a_shard_that_is_sick_does_not_keep_the_others_from_being_served() throws Exception {
        String here = customerOn("eu-1");
        String there = customerOn("eu-2");
        try (Connection connection = databases.get(1).connect();
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER TABLE ringshard.handover RENAME TO handover_gone");
            try (Ringshard other = Ringshard.open(config)) {
                assertThat(other.customers().find(here)).isPresent();
                assertThatThrownBy(() -> other.customers().find(there))
                        .isInstanceOf(ShardUnavailableException.class)
                        .hasMessageContaining("Shard eu-2 does not say what it owns: ");
                assertThat(other.status().shards().get(1).state()).isEqualTo(ClusterStatus.State.DOWN);
            }
            statement.execute("ALTER TABLE ringshard.handover_gone RENAME TO handover");
        }
    }

    @Test
    void a_reader_that_fails_after_the_commit_says_so_and_nothing_is_repeated() {
        String key = customerOn("eu-1");
        boolean committedFirst = kind() == DatabaseKind.POSTGRESQL;
        FencedStatement rename = FencedStatement.of(
                committedFirst
                        ? "UPDATE customers SET version = version + 1 WHERE customer_key = ? RETURNING version"
                        : "SELECT version FROM customers WHERE customer_key = ?");
        int[] reads = {0};

        assertThatThrownBy(() -> bank.router()
                        .query(
                                key,
                                rename,
                                row -> {
                                    reads[0]++;
                                    throw new ContentionException("out of the reader");
                                },
                                key))
                .isInstanceOf(committedFirst ? InvalidInputException.class : ContentionException.class);

        if (committedFirst) {
            assertThat(reads[0]).isEqualTo(1);
            assertThat(customers.find(key).orElseThrow().version()).isEqualTo(2);
        }
    }

    private static ShardConfig unreachable(String name) {
        return ShardConfig.of(name, "jdbc:postgresql://127.0.0.1:1/none", "nobody", "none")
                .withPool(dev.ringshard.config.PoolConfig.DEFAULT.withConnectionTimeout(Duration.ofMillis(250)));
    }
}
