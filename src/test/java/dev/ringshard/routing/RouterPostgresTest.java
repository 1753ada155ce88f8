package dev.ringshard.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.testing.HandMover;
import dev.ringshard.testing.Parcels;
import dev.ringshard.testing.TestDatabase;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Test;

class RouterPostgresTest extends RouterContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.POSTGRESQL;
    }

    /** A table lock stands for a frozen server: whoever asks that shard what it owns gets no answer for 50 s. */
    @Test
    void a_frozen_shard_does_not_stall_a_call_between_healthy_ones() throws Exception {
        String key = parcelOn("eu-1");
        ShardConfig patient = shard(2).withPool(shard(2).pool().withLockTimeout(Duration.ofSeconds(50)));
        try (Ringshard stale = Ringshard.open(Parcels.config(List.of(shard(0), shard(1), patient)));
                Connection connection = databases.get(2).connect();
                Statement statement = connection.createStatement()) {
            moveRangeOf(key); // purged, so that nothing on eu-1 says where it went
            connection.setAutoCommit(false);
            statement.execute("LOCK TABLE ringshard.membership, ringshard.handover IN ACCESS EXCLUSIVE MODE");

            CompletableFuture<Boolean> read = CompletableFuture.supplyAsync(
                    () -> new Parcels(stale).find(key).isPresent());

            assertThat(read.get(30, TimeUnit.SECONDS)).isTrue();
            connection.rollback();
        }
    }

    @Test
    void a_caller_who_is_interrupted_while_it_asks_makes_no_shard_silent_for_others() throws Exception {
        String key = parcelOn("eu-1");
        try (Connection holder = databases.get(0).connect();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("LOCK TABLE ringshard.membership IN ACCESS EXCLUSIVE MODE");
            CompletableFuture<Throwable> failed = new CompletableFuture<>();
            Thread caller = new Thread(() -> {
                try {
                    ringshard.router().refresh();
                    failed.complete(new AssertionError("the call returned"));
                } catch (RuntimeException failure) {
                    failed.complete(failure);
                }
            });
            caller.start();
            awaitLockWaits(databases.get(0), 1);
            caller.interrupt();

            assertThat(failed.get(30, TimeUnit.SECONDS))
                    .isInstanceOf(ShardUnavailableException.class)
                    .hasMessageContaining("The thread was interrupted while it waited for an answer");
            holder.rollback();
        }
        ringshard.router().requireAllAnswered("A test", "Nothing.");
        assertThat(parcels.find(key)).isPresent();
    }

    /** In between, postage goes from a parcel of the range to one of the other shard, in a transaction there. */
    @Test
    void a_total_is_never_made_of_a_range_before_it_left_and_of_the_other_shard_after_it_came_back() throws Exception {
        String travels = parcelOn("eu-1");
        String stays = parcelOn("eu-2");
        BigDecimal all = parcels.totals().postage();
        long first = firstTokenOf(travels);
        int connections = shard(1).pool().size();
        CountDownLatch taken = new CountDownLatch(connections);
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch read = new CountDownLatch(1);
        List<Future<?>> holders = new ArrayList<>();
        for (int i = 0; i < connections; i++) { // so that the snapshot of eu-2 has to wait
            holders.add(executor.submit(() -> ringshard.router().transaction(stays, tx -> {
                taken.countDown();
                try {
                    return release.await(30, TimeUnit.SECONDS);
                } catch (InterruptedException stopped) {
                    throw new IllegalStateException(stopped);
                }
            })));
        }
        assertThat(taken.await(30, TimeUnit.SECONDS)).isTrue();
        Future<BigDecimal> total = executor.submit(() -> ringshard
                .scatter()
                .gather(part -> {
                    BigDecimal postage = part
                            .fetch(
                                    part.dsl()
                                            .select(DSL.field("postage", BigDecimal.class))
                                            .from("parcels")
                                            .where(part.visible(DSL.field("ring_token", Long.class))),
                                    row -> row.getBigDecimal(1))
                            .stream()
                            .reduce(BigDecimal.ZERO, BigDecimal::add);
                    if (part.shard().equals("eu-1")) {
                        read.countDown();
                    }
                    return postage;
                })
                .parts()
                .values()
                .stream()
                .reduce(BigDecimal.ZERO, BigDecimal::add));
        assertThat(read.await(30, TimeUnit.SECONDS)).isTrue();

        moveRangeOf(travels);
        try (Connection between = databases.get(1).connect();
                Statement statement = between.createStatement();
                HandMover back =
                        new HandMover(databases.get(1), databases.get(0), "eu-1", config.shardedTables(), first)) {
            between.setAutoCommit(false);
            statement.execute("UPDATE parcels SET postage = postage - 60 WHERE parcel_key = '" + travels + "'");
            statement.execute("UPDATE parcels SET postage = postage + 60 WHERE parcel_key = '" + stays + "'");
            between.commit();
            back.move();
        }
        release.countDown();

        assertThat(total.get(30, TimeUnit.SECONDS)).isEqualByComparingTo(all);
        for (Future<?> holder : holders) {
            holder.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void rows_of_a_table_without_a_fence_are_not_changed_without_asking_for_the_owner() throws Exception {
        String key = parcelOn("eu-1");
        for (TestDatabase database : databases) {
            try (Connection connection = database.connect();
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE local_notes AS SELECT 1 AS number");
                statement.execute("CREATE VIEW parcels_seen AS SELECT * FROM parcels");
            }
        }
        for (String table : List.of("local_notes", "parcels_seen")) {
            FencedStatement delete = FencedStatement.ofRows("DELETE FROM " + table);
            assertThatThrownBy(() -> ringshard.router().update(key, delete))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("Table %s of shard eu-1 has no fence that is at work".formatted(table));
        }
    }
}
