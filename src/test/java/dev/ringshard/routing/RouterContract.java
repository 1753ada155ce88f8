package dev.ringshard.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.ringshard.Ringshard;
import dev.ringshard.bank.Account;
import dev.ringshard.bank.Balances;
import dev.ringshard.bank.CustomerPage;
import dev.ringshard.bank.NewCustomer;
import dev.ringshard.bank.OperationId;
import dev.ringshard.bank.Posting;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.failure.ContentionException;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.NoOwnerException;
import dev.ringshard.testing.HandMover;
import dev.ringshard.testing.TestDatabase;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A router whose knowledge grows stale: ranges are moved by hand between two shards while it works. Shows that it
 * follows; that rows move rightly is not its business.
 */
abstract class RouterContract extends RoutedCluster {
    private static final BigDecimal ONE = new BigDecimal("1.00");

    @Test
    void a_point_read_follows_a_range_that_moved_under_its_feet() throws Exception {
        String key = customerOn("eu-1");
        moveRangeOf(key);

        assertThat(customers.find(key)).isPresent();
        assertThat(bank.router().locate(key).shard()).isEqualTo("eu-2");
    }

    @Test
    void a_stale_router_reads_what_was_written_elsewhere_since() throws Exception {
        String key = customerOn("eu-1");
        try (Ringshard stale = Ringshard.open(config)) {
            moveRangeOf(key);
            customers.deposit(key, Account.SAVINGS, ONE, OperationId.random());

            assertThat(stale.customers().find(key).orElseThrow().balances().savings())
                    .isEqualByComparingTo("101.00");
        }
    }

    @Test
    void a_router_that_is_two_moves_behind_finds_the_owner() throws Exception {
        String key = customerOn("eu-1");
        try (Ringshard stale = Ringshard.open(config);
                HandMover away = moverOf(key)) {
            away.lock();
            away.stage();
            away.handOver();
            away.activate();
            away.finish(); // what is left behind on eu-1 still names eu-2
            bank.router().refresh();
            moveRangeOf(key); // to eu-3

            assertThat(stale.customers().deposit(key, Account.SAVINGS, ONE, OperationId.random()))
                    .isInstanceOf(Posting.Applied.class);
            assertThat(stale.router().locate(key).shard()).isEqualTo("eu-3");
            away.purge();
        }
    }

    @Test
    void customers_created_together_end_on_the_owners_although_some_of_their_ranges_have_moved() throws Exception {
        String moved = customerOn("eu-1");
        moveRangeOf(moved);
        List<NewCustomer> together = IntStream.range(0, 300)
                .mapToObj(i -> new NewCustomer("together-" + i, "Ada", "Lovelace", new Balances("1.00", "0", "0")))
                .toList();

        assertThat(customers.createAll(together)).isEmpty();

        assertThat(bank.router().locate(moved).shard()).isEqualTo("eu-2");
        assertThat(customers.count()).isEqualTo(301);
        assertThat(together).allSatisfy(customer -> assertThat(customers.find(customer.key()))
                .isPresent());
    }

    @Test
    void a_database_whose_schema_is_gone_takes_no_part_any_more() throws Exception {
        String key = customerOn("eu-2");
        assertThat(bank.router().shares()).containsKey("eu-2");
        try (Connection connection = databases.get(1).connect();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP SCHEMA ringshard CASCADE");
        }

        bank.router().refresh();

        assertThat(bank.router().shares()).doesNotContainKey("eu-2");
        assertThatThrownBy(() -> bank.router().locate(key)).isInstanceOf(NoOwnerException.class);
    }

    @Test
    void a_transaction_follows_and_runs_once() throws Exception {
        String key = customerOn("eu-1");
        moveRangeOf(key);
        int[] runs = {0};

        String ranOn = bank.router().transaction(key, transaction -> {
            runs[0]++;
            return transaction.shard();
        });

        assertThat(ranOn).isEqualTo("eu-2");
        assertThat(runs[0]).isEqualTo(1);
    }

    @Test
    void a_deposit_follows_and_is_applied_once() throws Exception {
        String key = customerOn("eu-1");
        moveRangeOf(key);
        OperationId id = OperationId.random();

        assertThat(customers.deposit(key, Account.SAVINGS, ONE, id)).isInstanceOf(Posting.Applied.class);
        assertThat(customers.deposit(key, Account.SAVINGS, ONE, id)).isInstanceOf(Posting.AlreadyApplied.class);
        assertThat(customers.entries(key, 10)).hasSize(2);
    }

    @Test
    void a_deposit_between_stage_and_hand_over_waits_and_lands_on_the_target() throws Exception {
        String key = customerOn("eu-1");
        try (HandMover mover = moverOf(key)) {
            mover.lock();
            mover.stage();
            Future<Posting> deposit =
                    executor.submit(() -> customers.deposit(key, Account.SAVINGS, ONE, OperationId.random()));
            awaitLockWait(databases.get(0));
            mover.handOver();
            mover.activate();

            assertThat(deposit.get(10, TimeUnit.SECONDS).balance()).isEqualByComparingTo("101.00");
            mover.finish();
            mover.purge();
        }
        assertThat(customers.find(key).orElseThrow().balances().savings()).isEqualByComparingTo("101.00");
    }

    @Test
    void a_read_between_hand_over_and_activation_gets_through() throws Exception {
        String key = customerOn("eu-1");
        try (HandMover mover = moverOf(key)) {
            mover.lock();
            mover.stage();
            mover.handOver();
            Future<Boolean> read = executor.submit(() -> customers.find(key).isPresent());
            assertThat(read.isDone()).isFalse();
            mover.activate();

            assertThat(read.get(10, TimeUnit.SECONDS)).isTrue();
            mover.finish();
            mover.purge();
        }
    }

    @Test
    void a_mover_that_gives_up_leaves_all_as_it_was() throws Exception {
        String key = customerOn("eu-1");
        try (HandMover mover = moverOf(key)) {
            mover.lock();
            mover.stage();
            mover.giveUp();
        }

        assertThat(customers.deposit(key, Account.SAVINGS, ONE, OperationId.random()))
                .isInstanceOf(Posting.Applied.class);
        assertThat(customers.count()).as("the staged copy is invisible").isEqualTo(1);
        assertThat(customers.totals().money()).isEqualByComparingTo("101.00");
    }

    @Test
    void a_handover_whose_mover_died_after_the_point_of_no_return_is_finished_by_whoever_meets_it() throws Exception {
        String key = customerOn("eu-1");
        try (HandMover mover = moverOf(key)) {
            mover.lock();
            mover.stage();
            mover.handOver();

            assertThat(customers.find(key)).isPresent();
            assertThat(bank.router().locate(key).shard()).isEqualTo("eu-2");
            mover.activate(); // late, and without effect
            mover.finish();
            mover.purge();
        }
        assertThat(bank.status().leftovers()).isZero();
    }

    @Test
    void a_handover_whose_mover_died_is_finished_for_a_transaction_whose_other_key_has_an_owner() throws Exception {
        String owned = customerOn("eu-1");
        String handedOver = customerOn("eu-3", bank.router().token(owned));
        try (HandMover mover = moverOf(handedOver)) { // to eu-1
            mover.lock();
            mover.stage();
            mover.handOver();

            String ranOn = bank.router().transaction(List.of(owned, handedOver), transaction -> transaction.shard());

            assertThat(ranOn).isEqualTo("eu-1");
            mover.finish();
            mover.purge();
        }
    }

    @Test
    void a_token_that_nobody_comes_to_serve_is_given_up_after_the_routing_timeout() throws Exception {
        String key = customerOn("eu-1");
        RingshardConfig impatient = RingshardConfig.builder("bank")
                .ring(config.ring())
                .shards(config.shards())
                .routingTimeout(Duration.ofMillis(50))
                .build();
        try (Ringshard other = Ringshard.open(impatient);
                HandMover mover = moverOf(key)) {
            mover.lock();
            mover.handOver(); // without a staged copy, which no mover does

            assertThatThrownBy(() -> other.customers().find(key))
                    .isInstanceOf(NoOwnerException.class)
                    .hasMessageContaining(
                            "No shard owns token " + other.router().token(key) + " at the moment");
            assertThatThrownBy(() -> other.customers().deposit(key, Account.SAVINGS, ONE, OperationId.random()))
                    .isInstanceOf(NoOwnerException.class)
                    .hasMessageContaining("Nothing was done");
        }
    }

    @Test
    void a_range_that_went_to_a_shard_that_is_not_configured_is_an_error_that_names_it() throws Exception {
        String key = customerOn("eu-1");
        try (HandMover mover =
                new HandMover(databases.get(0), databases.get(1), "eu-9", config.shardedTables(), firstTokenOf(key))) {
            mover.lock();
            mover.stage();
            mover.handOver();

            assertThatThrownBy(() -> customers.deposit(key, Account.SAVINGS, ONE, OperationId.random()))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("Shard eu-9 is not configured here")
                    .hasMessageContaining("Add it to the configuration");
        }
    }

    @Test
    void totals_are_exact_while_ranges_move_to_and_fro() throws Exception {
        IntStream.range(0, 40).forEach(i -> create("c-" + i));
        String key = "c-0";
        AtomicBoolean stop = new AtomicBoolean();
        CountDownLatch moved = new CountDownLatch(12);
        Future<?> moving = executor.submit(() -> {
            while (!stop.get()) {
                bank.router().refresh();
                moveRangeOf(key);
                moved.countDown();
            }
            return null;
        });
        try (Ringshard reader = Ringshard.open(config)) {
            while (moved.getCount() > 0 && !moving.isDone()) {
                assertThat(reader.customers().totals().customers()).isEqualTo(40);
                assertThat(reader.customers().totals().money()).isEqualByComparingTo("4000.00");
                try (var all = reader.customers().stream()) {
                    assertThat(all.map(customer -> customer.key()).distinct().count())
                            .isEqualTo(40);
                }
                assertThat(reader.customers().page(100).customers()).hasSize(40);
            }
        } finally {
            stop.set(true);
            moving.get(30, TimeUnit.SECONDS);
        }
    }

    /** Each looks at the ranges before the others, and so knows what has changed by the next. */
    @Test
    void counts_and_pages_are_exact_while_ranges_move_to_and_fro() throws Exception {
        IntStream.range(0, 40).forEach(i -> create("c-" + i));
        AtomicBoolean stop = new AtomicBoolean();
        CountDownLatch moved = new CountDownLatch(12);
        Future<?> moving = executor.submit(() -> {
            while (!stop.get()) {
                bank.router().refresh();
                moveRangeOf("c-0");
                moved.countDown();
            }
            return null;
        });
        try (Ringshard reader = Ringshard.open(config)) {
            while (moved.getCount() > 0 && !moving.isDone()) {
                assertThat(reader.customers().count()).isEqualTo(40);
                assertThat(reader.customers().findByLastName("Lovelace")).hasSize(40);
                CustomerPage first = reader.customers().page(30);
                assertThat(first.customers()).doesNotHaveDuplicates().hasSize(30);
                assertThat(reader.customers()
                                .page(30, first.next().orElseThrow())
                                .customers())
                        .hasSize(10);
            }
        } finally {
            stop.set(true);
            moving.get(30, TimeUnit.SECONDS);
        }
    }

    /** It was counted where it is staged, before the ranges were as they are. */
    @Test
    void a_count_leaves_out_what_is_staged_and_what_was_left_behind() throws Exception {
        IntStream.range(0, 40).forEach(i -> create("c-" + i));
        assertThat(customers.count()).isEqualTo(40);
        try (HandMover mover = moverOf("c-0")) {
            mover.lock();
            mover.stage();
            assertThat(customers.count()).isEqualTo(40);
            assertThat(customers.count()).isEqualTo(40);
            mover.handOver();
            mover.activate();
            assertThat(customers.count()).isEqualTo(40);
            mover.finish();
            assertThat(customers.count()).isEqualTo(40);
            assertThat(customers.page(40).customers()).doesNotHaveDuplicates().hasSize(40);
        }
    }

    @Test
    void a_statement_of_rows_follows_a_range_that_has_moved_and_changes_its_rows_once() throws Exception {
        String key = customerOn("eu-1");
        FencedStatement rename =
                FencedStatement.ofRows("UPDATE customers SET version = version + 1 WHERE customer_key = ?");
        assertThat(bank.router().update(key, rename, key)).isEqualTo(1);
        try (Ringshard other = Ringshard.open(config)) {
            moveRangeOf(key);
            assertThat(other.router().update(key, rename, key)).isEqualTo(1);
            other.customers().delete("nobody");
            assertThat(other.router().update("nobody", rename, "nobody")).isZero();
        }
        assertThat(bank.router().update(key, rename, key)).isEqualTo(1);
        assertThat(customers.find(key).orElseThrow().version()).isEqualTo(4);
    }

    /** The first handover lets no snapshots fit before the read holds movers off, and finishes it. */
    @Test
    @Timeout(60)
    void an_open_stream_lets_ranges_move_and_still_sees_them_where_they_were() throws Exception {
        IntStream.range(0, 40).forEach(i -> create("many-" + i));
        String key = customerOn("eu-1");
        try (HandMover dead = moverOf(key)) {
            dead.lock();
            dead.stage();
            dead.handOver();
            try (var all = customers.stream()) {
                bank.router().refresh();
                moveRangeOf(key);
                assertThat(all.map(customer -> customer.key()).distinct().count())
                        .isEqualTo(customers.count());
            }
            dead.activate();
            dead.finish();
        }
    }

    @Test
    void no_acknowledged_deposit_is_lost_and_no_read_is_stale_while_its_range_moves_to_and_fro() throws Exception {
        String key = customerOn("eu-1");
        AtomicBoolean stop = new AtomicBoolean();
        Future<Integer> depositing = executor.submit(() -> {
            int deposits = 0;
            while (!stop.get()) {
                customers.deposit(key, Account.SAVINGS, ONE, OperationId.random());
                deposits++;
                assertThat(customers.find(key).orElseThrow().balances().savings())
                        .isEqualByComparingTo(new BigDecimal(100 + deposits));
            }
            return deposits;
        });
        for (int i = 0; i < 12; i++) {
            bank.router().refresh();
            moveRangeOf(key);
        }
        stop.set(true);
        int deposits = depositing.get(30, TimeUnit.SECONDS);

        assertThat(deposits).isPositive();
        assertThat(customers.entries(key, 10_000)).hasSize(1 + deposits);
        assertThat(customers.find(key).orElseThrow().balances().savings())
                .isEqualByComparingTo(new BigDecimal(100 + deposits));
    }

    @Test
    void contention_that_outlasts_the_patience_is_an_error_and_nothing_was_written() throws Exception {
        String key = customerOn("eu-1");
        ShardConfig hasty = shard(0).withPool(shard(0).pool().withLockTimeout(Duration.ofMillis(50)));
        RingshardConfig impatient = RingshardConfig.builder("bank")
                .ring(config.ring())
                .shards(List.of(hasty, shard(1), shard(2)))
                .routingTimeout(Duration.ofSeconds(3)) // of which the first attempt, cold, takes some
                .build();
        try (Ringshard other = Ringshard.open(impatient);
                HandMover mover = moverOf(key)) {
            mover.lock();

            assertThatThrownBy(() -> other.customers().deposit(key, Account.SAVINGS, ONE, OperationId.random()))
                    .isInstanceOfSatisfying(ContentionException.class, failure -> assertThat(failure.getSuppressed())
                            .isNotEmpty())
                    .hasMessageContaining("Nothing was written");
            mover.giveUp();
        }
        assertThat(customers.entries(key, 10)).hasSize(1);
    }

    /** Waits until some session of the database waits for a lock. */
    final void awaitLockWait(TestDatabase database) {
        String waiting = kind() == DatabaseKind.POSTGRESQL
                ? "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
                : "SELECT count(*) FROM information_schema.sessions WHERE blocker_id IS NOT NULL";
        await().until(() -> {
            try (Connection connection = database.connect();
                    Statement statement = connection.createStatement();
                    var row = statement.executeQuery(waiting)) {
                return row.next() && row.getInt(1) > 0;
            }
        });
    }
}
