package dev.ringshard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.bank.Account;
import dev.ringshard.bank.Balances;
import dev.ringshard.bank.Customer;
import dev.ringshard.bank.NewCustomer;
import dev.ringshard.bank.OperationId;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.failure.CorruptionException;
import dev.ringshard.jdbc.ShardKey;
import dev.ringshard.rebalance.RebalanceSettings;
import dev.ringshard.rebalance.Rebalancer;
import dev.ringshard.routing.KeyedTransaction;
import dev.ringshard.status.RecoveryProgress;
import dev.ringshard.testing.InstalledServer;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import dev.ringshard.verify.Verification;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** pg_restore puts a dump back into the database of a shard, beneath connections that stay open. */
@Tag("ci")
class RestoredDumpPostgresTest {
    private static final InstalledServer SERVER = server();
    private static final int CUSTOMERS = 60;
    private static final BigDecimal TEN = new BigDecimal("10.00");

    private final TestDatabase first = TestCluster.database(DatabaseKind.POSTGRESQL);
    private final TestDatabase second = SERVER.createDatabase();
    private final RingshardConfig config = TestCluster.config(TestCluster.shards(List.of(first, second)));
    private final Ringshard running;
    private final String key;
    private final Path archive;

    RestoredDumpPostgresTest() throws SQLException {
        Ringshard.init(config);
        this.running = Ringshard.open(config);
        running.customers()
                .createAll(IntStream.range(0, CUSTOMERS)
                        .mapToObj(i ->
                                new NewCustomer("c-" + i, "Ada", "Lovelace", new Balances("10.00", "0.00", "0.00")))
                        .toList());
        this.key = IntStream.range(0, CUSTOMERS)
                .mapToObj(i -> "c-" + i)
                .filter(one -> running.router().locate(one).shard().equals("eu-2"))
                .findFirst()
                .orElseThrow();
        running.recover();
        this.archive = SERVER.archive(second);
        deposit(running);
        assertThat(savings(running)).isEqualByComparingTo("20.00");
        assertThat(running.customers().count()).isEqualTo(CUSTOMERS);
    }

    private static InstalledServer server() {
        try {
            return InstalledServer.start();
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    @AfterEach
    void close() {
        running.close();
    }

    @AfterAll
    static void end() throws IOException {
        SERVER.close();
    }

    @Test
    void nothing_is_read_or_written_where_the_dump_has_what_was_handed_over_since() throws SQLException {
        try (Ringshard bank = Ringshard.open(config.withShard(weightless("eu-2", second)))) {
            rebalance(bank, RebalanceSettings.DEFAULT);
        }
        // The process that is running has not heard of it, and all of its connections stay open.
        SERVER.putBack(archive, second);

        refusedAsSetBack(() -> savings(running));
        refusedAsSetBack(() -> deposit(running));
        refusedAsSetBack(() -> running.router().transaction(key, KeyedTransaction::dsl));
        refusedAsSetBack(() -> running.customers().count());
        Verification verified;
        try (Ringshard starting = Ringshard.open(config)) {
            verified = starting.verify();
            refusedAsSetBack(() -> savings(starting));
            assertThat(starting.status().isSetBack()).isTrue();
            assertThat(starting.recover().withLoss()).isEmpty();
            assertThat(starting.status().isSetBack()).isTrue();
        }
        assertThat(verified.isSound()).isFalse();
        assertThat(restoredRows()).as("still refuses who writes past Ringshard").isPositive();
    }

    @Test
    void no_connection_for_a_key_or_for_all_shards_works_there_either_and_nothing_is_delivered() throws SQLException {
        try (Ringshard bank = Ringshard.open(config.withShard(weightless("eu-2", second)))) {
            rebalance(bank, RebalanceSettings.DEFAULT);
        }
        SERVER.putBack(archive, second);
        String query = "SELECT first_name FROM customers WHERE customer_key = '%s'".formatted(key);
        String write = "UPDATE customers SET first_name = 'Grace' WHERE customer_key = '%s'".formatted(key);

        for (String sql : List.of(query, write)) {
            for (boolean commits : List.of(true, false)) {
                for (boolean reads : List.of(true, false)) {
                    assertThatThrownBy(() -> ShardKey.with(key, () -> {
                                try (Connection connection =
                                                running.dataSource().getConnection();
                                        Statement statement = connection.createStatement()) {
                                    connection.setReadOnly(reads);
                                    connection.setAutoCommit(commits);
                                    return statement.execute(sql);
                                }
                            }))
                            .as("%s, %s, %s", sql, commits, reads)
                            .isInstanceOf(SQLException.class)
                            .hasMessageContaining("Shard eu-2 was set back in time");
                }
            }
        }
        assertThatThrownBy(() -> {
                    try (Connection connection =
                                    running.dataSource().allShards().getConnection();
                            Statement statement = connection.createStatement()) {
                        statement.executeQuery("SELECT count(*) FROM customers");
                    }
                })
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("Shard eu-2 was set back in time");
        refusedAsSetBack(() -> running.customers().totals());
        refusedAsSetBack(() -> running.outbox().deliverDue());
    }

    @Test
    void who_writes_past_ringshard_is_refused_until_somebody_has_compared_the_shard() throws SQLException {
        String write = "UPDATE customers SET first_name = 'Grace' WHERE customer_key = '%s'".formatted(key);
        try (Connection past = second.connect();
                Statement statement = past.createStatement()) {
            assertThat(statement.executeUpdate(write)).isOne();
            SERVER.putBack(archive, second);

            assertThatThrownBy(() -> statement.executeUpdate(write))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("shard eu-2 was restored from a dump")
                    .hasMessageContaining("Nothing was written")
                    .asInstanceOf(InstanceOfAssertFactories.type(SQLException.class))
                    .returns("RS001", SQLException::getSQLState);
            assertThat(savings(running)).isEqualByComparingTo("10.00");
            assertThat(statement.executeUpdate(write)).isOne();
        }
    }

    @Test
    void a_shard_that_contradicts_nobody_is_compared_and_served() throws SQLException {
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> assertThat(savings(running)).isEqualByComparingTo("10.00"),
                () -> deposit(running),
                () -> running.router().transaction(key, KeyedTransaction::dsl),
                () -> assertThat(running.customers().count()).isEqualTo(CUSTOMERS))) {
            SERVER.putBack(archive, second);

            assertThatCode(call).doesNotThrowAnyException();
            assertThat(restoredRows()).isZero();
        }
    }

    private long restoredRows() throws SQLException {
        return second.number("SELECT count(*) FROM ringshard.owned_range WHERE is_restored");
    }

    @Test
    void a_mover_that_works_on_the_shard_stops() {
        AtomicLong left = new AtomicLong(-1);
        try (Ringshard bank = Ringshard.open(config.withShard(weightless("eu-1", first)))) {
            Rebalancer rebalancer = bank.rebalancer();

            assertThatThrownBy(() -> rebalancer.run(
                            rebalancer.plan(),
                            RebalanceSettings.DEFAULT.withChunkRows(4).withParallel(1),
                            progress -> {
                                if (progress.doneRows() > 0 && left.get() < 0) {
                                    SERVER.putBack(archive, second);
                                    left.set(customersOn(first));
                                }
                            }))
                    .isInstanceOf(CorruptionException.class)
                    .hasMessageContaining("Shard eu-2 was restored from a dump")
                    .hasMessageContaining("Run recover");
        }
        // Of what was under way then, no more than its last two chunks.
        assertThat(customersOn(first)).isGreaterThan(left.get() - 12).isGreaterThan(5);
    }

    @Test
    void recover_takes_what_has_lost_something_only_where_that_was_decided() {
        running.recover(); // writes a mark that the dump lacks
        SERVER.putBack(archive, second);

        assertThat(running.recover()).satisfies(refused -> {
            assertThat(refused.undecided()).containsExactly("eu-2");
            assertThat(refused.withLoss()).isEmpty();
        });
        assertThat(running.status().isSetBack()).isTrue();
        assertThat(running.recover(Set.of("eu-2"), RecoveryProgress.NONE).withLoss())
                .containsExactly("eu-2");
        assertThat(running.recover().withLoss()).isEmpty();
        assertThat(running.status().isSetBack()).isFalse();
    }

    private static void refusedAsSetBack(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(CorruptionException.class)
                .hasMessageContaining("Shard eu-2 was set back in time");
    }

    private BigDecimal savings(Ringshard bank) {
        return bank.customers().find(key).map(Customer::balances).orElseThrow().savings();
    }

    private void deposit(Ringshard bank) {
        bank.customers().deposit(key, Account.SAVINGS, TEN, OperationId.random());
    }

    private static void rebalance(Ringshard bank, RebalanceSettings settings) {
        Rebalancer rebalancer = bank.rebalancer();
        rebalancer.run(rebalancer.plan(), settings, progress -> {});
    }

    private static ShardConfig weightless(String name, TestDatabase database) {
        return TestCluster.shard(name, database).withWeight(0);
    }

    private static long customersOn(TestDatabase database) {
        try {
            return database.number("SELECT count(*) FROM customers");
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
