package dev.ringshard.internal.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.internal.ownership.ShardNumberTable;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.testing.TestCluster;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Numbers of shards, of which none is given twice. */
abstract class ShardNumbersContract {
    private final FoundingDatabases databases = new FoundingDatabases(kind());

    abstract DatabaseKind kind();

    private static Map<String, Integer> numbers(Shard shard) {
        return shard.snapshot(reading -> ShardNumberTable.all(reading.dsl()));
    }

    @Test
    void founders_have_theirs_by_their_names_and_who_joins_the_next() {
        Ringshard.init(databases.config());
        try (Shards shards = Shards.open(List.of(databases.shard(0), databases.shard(1), databases.shard(2)))) {
            Shard newcomer = shards.get("eu-3");
            List<Shard> members = List.of(shards.get("eu-2"), shards.get("eu-1"));
            Migrations.migrate(newcomer);
            ShardNumbers.claim(newcomer, members);
            ShardNumbers.claim(newcomer, members);

            assertThat(List.of(numbers(newcomer), numbers(members.get(0)), numbers(members.get(1))))
                    .containsOnly(Map.of("eu-1", 0, "eu-2", 1, "eu-3", 2));
        }
    }

    /** It died between the two members, and somebody else has taken the number on the first meanwhile. */
    @Test
    void what_a_claim_that_died_has_left_is_gone_on_with_or_given_up() throws SQLException {
        Ringshard.init(databases.config());
        databases.sql(0, "INSERT INTO ringshard.shard_number (shard_number, shard_name) VALUES (2, 'other')");
        databases.sql(1, "INSERT INTO ringshard.shard_number (shard_number, shard_name) VALUES (2, 'eu-3')");
        try (Shards shards = Shards.open(List.of(databases.shard(0), databases.shard(1), databases.shard(2)))) {
            Shard newcomer = shards.get("eu-3");
            Migrations.migrate(newcomer);
            ShardNumbers.claim(newcomer, List.of(shards.get("eu-1"), shards.get("eu-2")));

            assertThat(numbers(newcomer)).isEqualTo(Map.of("eu-1", 0, "eu-2", 1, "other", 2, "eu-3", 3));
            assertThat(numbers(shards.get("eu-2"))).containsEntry("eu-3", 3);
        }
    }

    @Test
    void of_two_who_join_at_once_none_gets_that_of_the_other() throws Exception {
        Ringshard.init(TestCluster.config(List.of(databases.shard(0))));
        try (Shards shards = Shards.open(List.of(databases.shard(0), databases.shard(1), databases.shard(2)))) {
            List<Shard> newcomers = List.of(shards.get("eu-2"), shards.get("eu-3"));
            newcomers.forEach(Migrations::migrate);
            ExecutorService executor = Executors.newFixedThreadPool(2);
            try {
                List<Callable<Integer>> joins = new ArrayList<>();
                for (Shard newcomer : newcomers) {
                    joins.add(() -> {
                        ShardNumbers.claim(newcomer, Collections.singletonList(shards.get("eu-1")));
                        return numbers(newcomer).get(newcomer.name());
                    });
                }
                List<Integer> given = new ArrayList<>();
                for (Future<Integer> join : executor.invokeAll(joins)) {
                    given.add(join.get());
                }
                assertThat(given).doesNotHaveDuplicates().doesNotContain(0);
            } finally {
                executor.shutdownNow();
            }
        }
    }

    @Test
    void the_last_number_is_the_last() throws SQLException {
        Ringshard.init(databases.config());
        databases.sql(0, "INSERT INTO ringshard.shard_number (shard_number, shard_name) VALUES (1023, 'last')");
        try (Shards shards = Shards.open(List.of(databases.shard(0), databases.shard(2)))) {
            Migrations.migrate(shards.get("eu-3"));
            assertThatThrownBy(() -> ShardNumbers.claim(shards.get("eu-3"), List.of(shards.get("eu-1"))))
                    .isInstanceOf(ForeignShardException.class)
                    .hasMessageContaining("the cluster has had 1024 shards");
        }
    }
}
