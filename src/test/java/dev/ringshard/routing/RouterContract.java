package dev.ringshard.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.failure.ContentionException;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.NoOwnerException;
import dev.ringshard.testing.HandMover;
import dev.ringshard.testing.Parcel;
import dev.ringshard.testing.Parcels;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A router whose knowledge grows stale: ranges are moved by hand between two shards while it works. Shows that it
 * follows; that rows move rightly is not its business.
 */
abstract class RouterContract extends RoutedCluster {

    @AfterEach
    void closeCluster() {
        close();
    }

    @Test
    void a_point_read_follows_a_range_that_moved_under_its_feet() throws Exception {
        String key = parcelOn("eu-1");
        moveRangeOf(key);

        assertThat(parcels.find(key)).isPresent();
        assertThat(ringshard.router().locate(key).shard()).isEqualTo("eu-2");
    }

    @Test
    void a_stale_router_reads_what_was_written_elsewhere_since() throws Exception {
        String key = parcelOn("eu-1");
        try (Ringshard stale = Ringshard.open(config)) {
            moveRangeOf(key);
            parcels.stamp(key, "gift", "1.00");

            assertThat(new Parcels(stale).postage(key)).isEqualByComparingTo("101.00");
        }
    }

    @Test
    void a_router_that_is_two_moves_behind_finds_the_owner() throws Exception {
        String key = parcelOn("eu-1");
        try (Ringshard stale = Ringshard.open(config);
                HandMover away = moverOf(key)) {
            away.lock();
            away.stage();
            away.handOver();
            away.activate();
            away.finish(); // what is left behind on eu-1 still names eu-2
            ringshard.router().refresh();
            moveRangeOf(key); // to eu-3

            assertThat(new Parcels(stale).stamp(key, "gift", "1.00")).isTrue();
            assertThat(stale.router().locate(key).shard()).isEqualTo("eu-3");
            away.purge();
        }
    }

    @Test
    void a_database_whose_schema_is_gone_takes_no_part_any_more() throws Exception {
        String key = parcelOn("eu-2");
        assertThat(ringshard.router().shares()).containsKey("eu-2");
        try (Connection connection = databases.get(1).connect();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE stamps"); // whose tokens H2 computes by a function of that schema
            statement.execute("DROP SCHEMA ringshard CASCADE");
        }

        ringshard.router().refresh();

        assertThat(ringshard.router().shares()).doesNotContainKey("eu-2");
        assertThatThrownBy(() -> ringshard.router().locate(key)).isInstanceOf(NoOwnerException.class);
    }

    @Test
    void a_transaction_follows_and_runs_once() throws Exception {
        String key = parcelOn("eu-1");
        moveRangeOf(key);
        int[] runs = {0};

        String ranOn = ringshard.router().transaction(key, transaction -> {
            runs[0]++;
            return transaction.shard();
        });

        assertThat(ranOn).isEqualTo("eu-2");
        assertThat(runs[0]).isEqualTo(1);
    }

    @Test
    void a_single_statement_follows_and_runs_once() throws Exception {
        String key = parcelOn("eu-1");
        moveRangeOf(key);

        assertThat(parcels.handle(key)).isTrue();

        assertThat(parcels.find(key).orElseThrow().handled()).isEqualTo(1);
        assertThat(ringshard.router().locate(key).shard()).isEqualTo("eu-2");
    }

    @Test
    void writes_between_stage_and_hand_over_wait_and_land_on_the_target() throws Exception {
        String key = parcelOn("eu-1");
        try (HandMover mover = moverOf(key)) {
            mover.lock();
            mover.stage();
            Future<Boolean> transaction = executor.submit(() -> parcels.stamp(key, "gift", "1.00"));
            awaitLockWaits(databases.get(0), 1);
            Future<Boolean> statement = executor.submit(() -> parcels.handle(key));
            awaitLockWaits(databases.get(0), 2);
            mover.handOver();
            mover.activate();

            assertThat(transaction.get(10, TimeUnit.SECONDS)).isTrue();
            assertThat(statement.get(10, TimeUnit.SECONDS)).isTrue();
            mover.finish();
            mover.purge();
        }
        assertThat(parcels.postage(key)).isEqualByComparingTo("101.00");
        assertThat(parcels.find(key).orElseThrow().handled()).isEqualTo(1);
    }

    @Test
    void a_read_between_hand_over_and_activation_gets_through() throws Exception {
        String key = parcelOn("eu-1");
        try (HandMover mover = moverOf(key)) {
            mover.lock();
            mover.stage();
            mover.handOver();
            Future<Boolean> read = executor.submit(() -> parcels.find(key).isPresent());
            assertThat(read.isDone()).isFalse();
            mover.activate();

            assertThat(read.get(10, TimeUnit.SECONDS)).isTrue();
            mover.finish();
            mover.purge();
        }
    }

    @Test
    void a_mover_that_gives_up_leaves_all_as_it_was() throws Exception {
        String key = parcelOn("eu-1");
        try (HandMover mover = moverOf(key)) {
            mover.lock();
            mover.stage();
            mover.giveUp();
        }

        assertThat(parcels.stamp(key, "gift", "1.00")).isTrue();
        assertThat(parcels.handle(key)).isTrue();
        assertThat(parcels.count()).as("the staged copy is invisible").isEqualTo(1);
        assertThat(parcels.totals().postage()).isEqualByComparingTo("101.00");
    }

    @Test
    void a_handover_whose_mover_died_after_the_point_of_no_return_is_finished_by_whoever_meets_it() throws Exception {
        String key = parcelOn("eu-1");
        try (HandMover mover = moverOf(key)) {
            mover.lock();
            mover.stage();
            mover.handOver();

            assertThat(parcels.find(key)).isPresent();
            assertThat(ringshard.router().locate(key).shard()).isEqualTo("eu-2");
            mover.activate(); // late, and without effect
            mover.finish();
            mover.purge();
        }
        assertThat(ringshard.status().leftovers()).isZero();
    }

    @Test
    void a_handover_whose_mover_died_is_finished_for_a_transaction_whose_other_key_has_an_owner() throws Exception {
        String owned = parcelOn("eu-1");
        String handedOver = parcelOn("eu-3", ringshard.router().token(owned));
        try (HandMover mover = moverOf(handedOver)) { // to eu-1
            mover.lock();
            mover.stage();
            mover.handOver();

            String ranOn =
                    ringshard.router().transaction(List.of(owned, handedOver), transaction -> transaction.shard());

            assertThat(ranOn).isEqualTo("eu-1");
            mover.finish();
            mover.purge();
        }
    }

    @Test
    void a_token_that_nobody_comes_to_serve_is_given_up_after_the_routing_timeout() throws Exception {
        String key = parcelOn("eu-1");
        RingshardConfig impatient = Parcels.config(config.shards(), Duration.ofMillis(50));
        try (Ringshard other = Ringshard.open(impatient);
                HandMover mover = moverOf(key)) {
            mover.lock();
            mover.handOver(); // without a staged copy, which no mover does

            assertThatThrownBy(() -> new Parcels(other).find(key))
                    .isInstanceOf(NoOwnerException.class)
                    .hasMessageContaining(
                            "No shard owns token " + other.router().token(key) + " at the moment");
            assertThatThrownBy(() -> new Parcels(other).stamp(key, "gift", "1.00"))
                    .isInstanceOf(NoOwnerException.class)
                    .hasMessageContaining("Nothing was done");
            assertThatThrownBy(() -> new Parcels(other).handle(key))
                    .isInstanceOf(NoOwnerException.class)
                    .hasMessageContaining("Nothing was done");
        }
    }

    @Test
    void a_range_that_went_to_a_shard_that_is_not_configured_is_an_error_that_names_it() throws Exception {
        String key = parcelOn("eu-1");
        try (HandMover mover =
                new HandMover(databases.get(0), databases.get(1), "eu-9", config.shardedTables(), firstTokenOf(key))) {
            mover.lock();
            mover.stage();
            mover.handOver();

            assertThatThrownBy(() -> parcels.stamp(key, "gift", "1.00"))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("Shard eu-9 is not configured here")
                    .hasMessageContaining("Add it to the configuration");
        }
    }

    @Test
    void totals_are_exact_while_ranges_move_to_and_fro() throws Exception {
        IntStream.range(0, 40).forEach(i -> create("p-" + i));
        String key = "p-0";
        AtomicBoolean stop = new AtomicBoolean();
        CountDownLatch moved = new CountDownLatch(12);
        Future<?> moving = executor.submit(() -> {
            while (!stop.get()) {
                ringshard.router().refresh();
                moveRangeOf(key);
                moved.countDown();
            }
            return null;
        });
        try (Ringshard reader = Ringshard.open(config)) {
            while (moved.getCount() > 0 && !moving.isDone()) {
                Parcels.Totals totals = new Parcels(reader).totals();
                assertThat(totals.parcels()).isEqualTo(40);
                assertThat(totals.postage()).isEqualByComparingTo("4000.00");
                try (var all = new Parcels(reader).keys()) {
                    assertThat(all).hasSize(40).doesNotHaveDuplicates();
                }
            }
        } finally {
            stop.set(true);
            moving.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void a_statement_of_rows_follows_a_range_that_has_moved_and_changes_its_rows_once() throws Exception {
        String key = parcelOn("eu-1");
        FencedStatement handle =
                FencedStatement.ofRows("UPDATE parcels SET handled = handled + 1 WHERE parcel_key = ?");
        assertThat(ringshard.router().update(key, handle, key)).isEqualTo(1);
        try (Ringshard other = Ringshard.open(config)) {
            moveRangeOf(key);
            assertThat(other.router().update(key, handle, key)).isEqualTo(1);
            assertThat(other.router().update("nobody", handle, "nobody")).isZero();
        }
        assertThat(ringshard.router().update(key, handle, key)).isEqualTo(1);
        assertThat(parcels.find(key).orElseThrow().handled()).isEqualTo(3);
    }

    /** The first handover lets no snapshots fit before the read holds movers off, and finishes it. */
    @Test
    @Timeout(60)
    void an_open_stream_lets_ranges_move_and_still_sees_them_where_they_were() throws Exception {
        IntStream.range(0, 40).forEach(i -> create("many-" + i));
        String key = parcelOn("eu-1");
        try (HandMover dead = moverOf(key)) {
            dead.lock();
            dead.stage();
            dead.handOver();
            try (var all = parcels.keys()) {
                ringshard.router().refresh();
                moveRangeOf(key);
                assertThat(all.distinct().count()).isEqualTo(parcels.count());
            }
            dead.activate();
            dead.finish();
        }
    }

    @Test
    void no_acknowledged_write_is_lost_and_no_read_is_stale_while_its_range_moves_to_and_fro() throws Exception {
        String key = parcelOn("eu-1");
        AtomicBoolean stop = new AtomicBoolean();
        Future<Integer> writing = executor.submit(() -> {
            int writes = 0;
            while (!stop.get()) {
                parcels.stamp(key, "stamp-" + writes, "1.00");
                parcels.handle(key);
                writes++;
                Parcel read = parcels.find(key).orElseThrow();
                assertThat(read.postage()).isEqualByComparingTo(new BigDecimal(100 + writes));
                assertThat(read.handled()).isEqualTo(writes);
            }
            return writes;
        });
        for (int i = 0; i < 12; i++) {
            ringshard.router().refresh();
            moveRangeOf(key);
        }
        stop.set(true);
        int writes = writing.get(30, TimeUnit.SECONDS);

        assertThat(writes).isPositive();
        assertThat(parcels.stamps(key)).hasSize(1 + writes);
        assertThat(parcels.postage(key)).isEqualByComparingTo(new BigDecimal(100 + writes));
        assertThat(parcels.find(key).orElseThrow().handled()).isEqualTo(writes);
    }

    @Test
    void contention_that_outlasts_the_patience_is_an_error_and_nothing_was_written() throws Exception {
        String key = parcelOn("eu-1");
        ShardConfig hasty = shard(0).withPool(shard(0).pool().withLockTimeout(Duration.ofMillis(50)));
        // of which the first attempt, cold, takes some
        RingshardConfig impatient = Parcels.config(List.of(hasty, shard(1), shard(2)), Duration.ofSeconds(3));
        try (Ringshard other = Ringshard.open(impatient);
                HandMover mover = moverOf(key)) {
            mover.lock();

            assertThatThrownBy(() -> new Parcels(other).stamp(key, "gift", "1.00"))
                    .isInstanceOfSatisfying(ContentionException.class, failure -> assertThat(failure.getSuppressed())
                            .isNotEmpty())
                    .hasMessageContaining("Nothing was written");
            mover.giveUp();
        }
        assertThat(parcels.stamps(key)).containsExactly("first");
    }

    /** Waits until so many sessions of the database wait for locks. */
    final void awaitLockWaits(TestDatabase database, int sessions) {
        String waiting = kind() == DatabaseKind.POSTGRESQL
                ? "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
                : "SELECT count(*) FROM information_schema.sessions WHERE blocker_id IS NOT NULL";
        await().until(() -> {
            try (Connection connection = database.connect();
                    Statement statement = connection.createStatement();
                    var row = statement.executeQuery(waiting)) {
                return row.next() && row.getInt(1) >= sessions;
            }
        });
    }
}
