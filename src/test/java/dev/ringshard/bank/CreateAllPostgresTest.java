package dev.ringshard.bank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.testing.HandMover;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class CreateAllPostgresTest extends CreateAllContract {
    CreateAllPostgresTest() {
        super(DatabaseKind.POSTGRESQL, DatabaseKind.POSTGRESQL, DatabaseKind.POSTGRESQL);
    }

    /** The rows that the range left behind are what the statement would see if it entered only when it gets to them. */
    @Test
    void customers_who_were_there_are_told_as_they_are_although_their_range_comes_back_meanwhile() throws Exception {
        String there = customerWith("100.00", keyWhere("c", shard -> shard.equals("eu-1")));
        long first = firstTokenOf(there);
        String held = IntStream.range(0, 10_000)
                .mapToObj(i -> "a-" + i)
                .filter(key -> shardOf(key).equals("eu-1"))
                .filter(key -> firstTokenOf(key) != first)
                .findFirst()
                .orElseThrow();
        List<NewCustomer> together =
                List.of(new NewCustomer(held, "Ada", "Lovelace"), new NewCustomer(there, "Ada", "Lovelace"));
        try (Ringshard stale = Ringshard.open(cluster.config());
                Connection holder = database("eu-1").connect();
                HandMover away = mover("eu-1", "eu-2", first);
                HandMover back = mover("eu-2", "eu-1", first)) {
            away.lock();
            away.stage();
            away.handOver();
            away.activate();
            away.finish();
            customers.deposit(there, Account.CHECKING, money("1.00"), OperationId.random());
            holder.setAutoCommit(false);
            insert(holder, held);

            CompletableFuture<Map<String, Customer>> stored =
                    CompletableFuture.supplyAsync(() -> stale.customers().createAll(together));
            awaitLockWait("eu-1");
            back.move();
            holder.rollback();

            assertThat(stored.get(30, TimeUnit.SECONDS)).hasEntrySatisfying(there, customer -> assertThat(
                            customer.balances().checking())
                    .isEqualByComparingTo("101.00"));
        }
    }

    private void insert(Connection connection, String key) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO customers (customer_key, first_name, last_name, ring_token) VALUES (?, 'Ada', 'L', ?)")) {
            insert.setString(1, key);
            insert.setLong(2, router.token(key));
            insert.executeUpdate();
        }
    }

    /** Waits until some session of the shard waits for a lock. */
    private void awaitLockWait(String shard) {
        await().until(() -> {
            try (Connection connection = database(shard).connect();
                    var statement = connection.createStatement();
                    var row = statement.executeQuery("SELECT count(*) FROM pg_stat_activity"
                            + " WHERE datname = current_database() AND wait_event_type = 'Lock'")) {
                return row.next() && row.getInt(1) > 0;
            }
        });
    }
}
