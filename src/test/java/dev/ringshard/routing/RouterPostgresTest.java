package dev.ringshard.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.Ringshard;
import dev.ringshard.bank.Account;
import dev.ringshard.bank.Balances;
import dev.ringshard.bank.Customer;
import dev.ringshard.bank.NewCustomer;
import dev.ringshard.bank.OperationId;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.testing.HandMover;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
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
        String key = customerOn("eu-1");
        ShardConfig patient = shard(2).withPool(shard(2).pool().withLockTimeout(Duration.ofSeconds(50)));
        try (Ringshard stale = Ringshard.open(TestCluster.config(List.of(shard(0), shard(1), patient)));
                Connection connection = databases.get(2).connect();
                Statement statement = connection.createStatement()) {
            moveRangeOf(key); // purged, so that nothing on eu-1 says where it went
            connection.setAutoCommit(false);
            statement.execute("LOCK TABLE ringshard.membership, ringshard.handover IN ACCESS EXCLUSIVE MODE");

            CompletableFuture<Boolean> read = CompletableFuture.supplyAsync(
                    () -> stale.customers().find(key).isPresent());

            assertThat(read.get(30, TimeUnit.SECONDS)).isTrue();
            connection.rollback();
        }
    }

    /** The rows that the range left behind are what the statement would see if it entered only when it gets to them. */
    @Test
    void customers_who_were_there_are_told_as_they_are_although_their_range_comes_back_meanwhile() throws Exception {
        String there = customerOn("eu-1");
        long first = firstTokenOf(there);
        String held = IntStream.range(0, 10_000)
                .mapToObj(i -> "a-" + i)
                .filter(key -> bank.router().locate(key).shard().equals("eu-1"))
                .filter(key -> firstOf(key) != first)
                .findFirst()
                .orElseThrow();
        List<NewCustomer> together = List.of(newCustomer(held), newCustomer(there));
        try (Ringshard stale = Ringshard.open(config);
                Connection holder = databases.get(0).connect();
                HandMover away = moverOf(there);
                HandMover back =
                        new HandMover(databases.get(1), databases.get(0), "eu-1", config.shardedTables(), first)) {
            away.lock();
            away.stage();
            away.handOver();
            away.activate();
            away.finish();
            customers.deposit(there, Account.SAVINGS, new BigDecimal("1.00"), OperationId.random());
            holder.setAutoCommit(false);
            insert(holder, held);

            CompletableFuture<Map<String, Customer>> stored =
                    CompletableFuture.supplyAsync(() -> stale.customers().createAll(together), executor);
            awaitLockWait(databases.get(0));
            back.move();
            holder.rollback();

            assertThat(stored.get(30, TimeUnit.SECONDS)).hasEntrySatisfying(there, customer -> assertThat(
                            customer.balances().savings())
                    .isEqualByComparingTo("101.00"));
        }
    }

    @Test
    void a_caller_who_is_interrupted_while_it_asks_makes_no_shard_silent_for_others() throws Exception {
        String key = customerOn("eu-1");
        try (Connection holder = databases.get(0).connect();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("LOCK TABLE ringshard.membership IN ACCESS EXCLUSIVE MODE");
            CompletableFuture<Throwable> failed = new CompletableFuture<>();
            Thread caller = new Thread(() -> {
                try {
                    bank.router().refresh();
                    failed.complete(new AssertionError("the call returned"));
                } catch (RuntimeException failure) {
                    failed.complete(failure);
                }
            });
            caller.start();
            awaitLockWait(databases.get(0));
            caller.interrupt();

            assertThat(failed.get(30, TimeUnit.SECONDS))
                    .isInstanceOf(ShardUnavailableException.class)
                    .hasMessageContaining("The thread was interrupted while it waited for an answer");
            holder.rollback();
        }
        bank.router().requireAllAnswered("A test", "Nothing.");
        assertThat(customers.find(key)).isPresent();
    }

    /** In between, money goes from a customer of the range to one of the other shard, in a transaction there. */
    @Test
    void a_total_is_never_made_of_a_range_before_it_left_and_of_the_other_shard_after_it_came_back() throws Exception {
        String travels = customerOn("eu-1");
        String stays = customerOn("eu-2");
        BigDecimal all = customers.totals().money();
        long first = firstTokenOf(travels);
        int connections = shard(1).pool().size();
        CountDownLatch taken = new CountDownLatch(connections);
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch read = new CountDownLatch(1);
        List<Future<?>> holders = new ArrayList<>();
        for (int i = 0; i < connections; i++) { // so that the snapshot of eu-2 has to wait
            holders.add(executor.submit(() -> bank.router().transaction(stays, tx -> {
                taken.countDown();
                try {
                    return release.await(30, TimeUnit.SECONDS);
                } catch (InterruptedException stopped) {
                    throw new IllegalStateException(stopped);
                }
            })));
        }
        assertThat(taken.await(30, TimeUnit.SECONDS)).isTrue();
        Future<BigDecimal> total = executor.submit(() -> bank
                .scatter()
                .gather(part -> {
                    BigDecimal savings = part
                            .fetch(
                                    part.dsl()
                                            .select(DSL.field("savings", BigDecimal.class))
                                            .from("customers")
                                            .where(part.visible(DSL.field("ring_token", Long.class))),
                                    row -> row.getBigDecimal(1))
                            .stream()
                            .reduce(BigDecimal.ZERO, BigDecimal::add);
                    if (part.shard().equals("eu-1")) {
                        read.countDown();
                    }
                    return savings;
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
            statement.execute("UPDATE customers SET savings = savings - 60 WHERE customer_key = '" + travels + "'");
            statement.execute("UPDATE customers SET savings = savings + 60 WHERE customer_key = '" + stays + "'");
            between.commit();
            back.move();
        }
        release.countDown();

        assertThat(total.get(30, TimeUnit.SECONDS)).isEqualByComparingTo(all);
        for (Future<?> holder : holders) {
            holder.get(30, TimeUnit.SECONDS);
        }
    }

    private static NewCustomer newCustomer(String key) {
        return new NewCustomer(key, "Ada", "Lovelace", new Balances("100.00", "0.00", "0.00"));
    }

    private long firstOf(String key) {
        try {
            return firstTokenOf(key);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void insert(Connection connection, String key) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO customers (customer_key, first_name, last_name, ring_token) VALUES (?, 'Ada', 'L', ?)")) {
            insert.setString(1, key);
            insert.setLong(2, bank.router().token(key));
            insert.executeUpdate();
        }
    }

    @Test
    void rows_of_a_table_without_a_fence_are_not_changed_without_asking_for_the_owner() throws Exception {
        String key = customerOn("eu-1");
        for (TestDatabase database : databases) {
            try (Connection connection = database.connect();
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE local_notes AS SELECT 1 AS number");
                statement.execute("CREATE VIEW customers_seen AS SELECT * FROM customers");
            }
        }
        for (String table : List.of("local_notes", "customers_seen")) {
            FencedStatement delete = FencedStatement.ofRows("DELETE FROM " + table);
            assertThatThrownBy(() -> bank.router().update(key, delete))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("Table %s of shard eu-1 has no fence that is at work".formatted(table));
        }
    }
}
