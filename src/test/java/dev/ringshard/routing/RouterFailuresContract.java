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
import dev.ringshard.testing.Parcels;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A router beside shards that are down or sick, and work that it must refuse. Shows that only what needs a failing shard
 * fails, and that what is refused has changed nothing.
 */
abstract class RouterFailuresContract extends RoutedCluster {

    @AfterEach
    void closeCluster() {
        close();
    }

    @Test
    void opens_with_a_shard_down_and_serves_all_others() {
        String here = parcelOn("eu-1");
        String there = parcelOn("eu-2");
        RingshardConfig half = Parcels.config(List.of(shard(0), unreachable("eu-2"), shard(2)));
        try (Ringshard other = Ringshard.open(half)) {
            assertThat(new Parcels(other).find(here)).isPresent();
            assertThatThrownBy(() -> new Parcels(other).find(there))
                    .isInstanceOfSatisfying(ShardUnavailableException.class, failure -> assertThat(failure.shard())
                            .isEqualTo("eu-2"))
                    .hasMessageContaining("belongs to none of the shards that answer. Shard eu-2 cannot be reached: ");
            assertThatThrownBy(() -> new Parcels(other).count())
                    .isInstanceOf(ShardUnavailableException.class)
                    .hasMessageContaining("needs eu-2. Shard eu-2 cannot be reached: ");
            Gathered<?> partial = new Parcels(other).totalsOfAvailableShards();
            assertThat(partial.missing()).containsExactly("eu-2");
            assertThat(partial.parts()).containsOnlyKeys("eu-1", "eu-3");
            assertThat(partial.isComplete()).isFalse();
        }
    }

    @Test
    void a_transaction_over_keys_of_two_shards_is_refused_before_anything_runs() {
        String here = parcelOn("eu-1");
        String there = parcelOn("eu-2");
        boolean[] ran = {false};

        assertThatThrownBy(() -> ringshard.router().transaction(List.of(here, there), transaction -> {
                    ran[0] = true;
                    return ran;
                }))
                .isInstanceOf(dev.ringshard.failure.KeysOnDifferentShardsException.class)
                .hasMessageContaining("live on 2 shards (eu-1, eu-2)");
        assertThat(ran[0]).isFalse();
    }

    @Test
    void a_row_of_a_key_that_the_transaction_did_not_name_is_refused_at_once() {
        String here = parcelOn("eu-1");
        String there = parcelOn("eu-2");
        int[] runs = {0};

        assertThatThrownBy(() -> ringshard.router().transaction(here, transaction -> {
                    runs[0]++;
                    return transaction
                            .dsl()
                            .execute(
                                    "INSERT INTO parcels (parcel_key, label, ring_token) VALUES ('stray', 'A', ?)",
                                    ringshard.router().token(there));
                }))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("belongs to none of its keys, and eu-1 does not own it");
        assertThat(runs[0]).isEqualTo(1);
    }

    @Test
    void a_single_statement_that_writes_a_stray_row_is_refused_at_once() {
        String here = parcelOn("eu-1");
        long there = ringshard.router().token(parcelOn("eu-2"));

        assertThatThrownBy(() -> ringshard
                        .router()
                        .update(
                                here,
                                FencedStatement.of("UPDATE parcels SET ring_token = ? WHERE parcel_key = ?"),
                                there,
                                here))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("belongs to none of its keys, and eu-1 does not own it");
    }

    @Test
    void a_shard_that_is_sick_does_not_keep_the_others_from_being_served() throws Exception {
        String here = parcelOn("eu-1");
        String there = parcelOn("eu-2");
        try (Connection connection = databases.get(1).connect();
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER TABLE ringshard.handover RENAME TO handover_gone");
            try (Ringshard other = Ringshard.open(config)) {
                assertThat(new Parcels(other).find(here)).isPresent();
                assertThatThrownBy(() -> new Parcels(other).find(there))
                        .isInstanceOf(ShardUnavailableException.class)
                        .hasMessageContaining("Shard eu-2 refused a statement of Ringshard's own");
                assertThat(other.status().shards().get(1).state()).isEqualTo(ClusterStatus.State.DOWN);
            }
            statement.execute("ALTER TABLE ringshard.handover_gone RENAME TO handover");
        }
    }

    @Test
    void a_reader_that_fails_after_the_commit_says_so_and_nothing_is_repeated() {
        String key = parcelOn("eu-1");
        boolean committedFirst = kind() == DatabaseKind.POSTGRESQL;
        FencedStatement handle = FencedStatement.of(
                committedFirst
                        ? "UPDATE parcels SET handled = handled + 1 WHERE parcel_key = ? RETURNING handled"
                        : "SELECT handled FROM parcels WHERE parcel_key = ?");
        int[] reads = {0};

        assertThatThrownBy(() -> ringshard
                        .router()
                        .query(
                                key,
                                handle,
                                row -> {
                                    reads[0]++;
                                    throw new ContentionException("out of the reader");
                                },
                                key))
                .isInstanceOf(committedFirst ? InvalidInputException.class : ContentionException.class);

        if (committedFirst) {
            assertThat(reads[0]).isEqualTo(1);
            assertThat(parcels.find(key).orElseThrow().handled()).isEqualTo(1);
        }
    }

    private static ShardConfig unreachable(String name) {
        return ShardConfig.of(name, "jdbc:postgresql://127.0.0.1:1/none", "nobody", "none")
                .withPool(dev.ringshard.config.PoolConfig.DEFAULT.withConnectionTimeout(Duration.ofMillis(250)));
    }
}
