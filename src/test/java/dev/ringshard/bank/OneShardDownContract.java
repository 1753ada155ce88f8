package dev.ringshard.bank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.scatter.Gathered;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A second router on the same shards, one of which it cannot reach and never could. What happens when a shard dies under
 * an open router is for other tests.
 */
abstract class OneShardDownContract extends CustomersContract {
    private static final String DOWN = "eu-3";

    private Ringshard half;
    private CustomerRepository reached;

    @SuppressWarnings("NullAway.Init") // by openWithoutOneShard
    OneShardDownContract(DatabaseKind... kinds) {
        super(kinds);
    }

    @BeforeAll
    void openWithoutOneShard() {
        ShardConfig unreachable = ShardConfig.of(DOWN, "jdbc:postgresql://localhost:1/nowhere", "nobody", "");
        RingshardConfig config = cluster.config()
                .withShard(unreachable.withPool(unreachable.pool().withConnectionTimeout(Duration.ofMillis(250))));
        half = Ringshard.open(config);
        reached = half.customers();
    }

    @AfterAll
    void closeIt() {
        half.close();
    }

    @BeforeEach
    void createCustomersEverywhere() {
        for (int i = 0; i < 60; i++) {
            customerWith("1.00", "half-" + i);
        }
    }

    @Test
    void customers_of_the_other_shards_are_served() {
        String here = keyWhere("half", shard -> !shard.equals(DOWN));

        assertThat(reached.find(here)).isEqualTo(customers.find(here));
        assertThat(reached.deposit(here, Account.CHECKING, money("1"), id("op")))
                .isEqualTo(new Posting.Applied(money("2.00")));
    }

    @Test
    void customers_of_the_silent_shard_answer_with_its_name() {
        String there = keyWhere("half", DOWN::equals);

        assertNamesTheShard(() -> reached.find(there));
        assertNamesTheShard(() -> reached.deposit(there, Account.CHECKING, money("1"), id("op")));
    }

    @Test
    void reads_over_all_shards_are_refused_unless_a_partial_answer_is_asked_for() {
        assertNamesTheShard(reached::count);
        assertNamesTheShard(reached::totals);
        assertNamesTheShard(() -> reached.page(10));
        assertNamesTheShard(reached::stream);

        Gathered<Totals> partial = reached.totalsOfAvailableShards();

        assertThat(partial.isComplete()).isFalse();
        assertThat(partial.missing()).containsExactly(DOWN);
        assertThat(partial.parts()).containsOnlyKeys("eu-1", "eu-2");
        Gathered<Totals> whole = customers.totalsByShard();
        assertThat(whole.parts()).containsAllEntriesOf(partial.parts());
    }

    private static void assertNamesTheShard(Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(ShardUnavailableException.class, failure -> assertThat(failure.shard())
                        .isEqualTo(DOWN));
    }
}
