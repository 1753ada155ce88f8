package dev.ringshard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.bank.Account;
import dev.ringshard.bank.Balances;
import dev.ringshard.bank.NewCustomer;
import dev.ringshard.bank.OperationId;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.status.PoolState;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import dev.ringshard.testing.Threads;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Users and pools change while a cluster is in use. The server lets roles in by name; that it checks passwords is its own matter. */
class ReconnectPostgresTest {
    private final RingshardConfig config = TestCluster.founded(DatabaseKind.POSTGRESQL, 2);
    private final String role = "rotated_" + UUID.randomUUID().toString().substring(0, 8);
    private final Ringshard bank = Ringshard.open(config);

    @BeforeEach
    void create() throws SQLException {
        database(config.shards().get(0)).execute("CREATE ROLE " + role + " LOGIN SUPERUSER");
        bank.customers()
                .createAll(IntStream.range(0, 20)
                        .mapToObj(i ->
                                new NewCustomer("c-" + i, "Ada", "Lovelace", new Balances("10.00", "0.00", "0.00")))
                        .toList());
    }

    @AfterEach
    void drop() throws SQLException {
        bank.close();
        database(config.shards().get(0)).execute("DROP ROLE " + role);
    }

    private static TestDatabase database(ShardConfig shard) {
        return TestDatabase.of(shard);
    }

    private RingshardConfig changed(UnaryOperator<ShardConfig> change) {
        RingshardConfig changed = config;
        for (ShardConfig shard : config.shards()) {
            changed = changed.withShard(change.apply(shard));
        }
        return changed;
    }

    private RingshardConfig as(String user) {
        return changed(shard ->
                ShardConfig.of(shard.name(), database(shard).url(), user, "").withPool(shard.pool()));
    }

    private String userOn(String key) {
        return bank.router().transaction(key, transaction -> user(transaction.connection()));
    }

    private static String user(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT session_user")) {
            row.next();
            return row.getString(1);
        }
    }

    @Test
    void a_new_user_is_taken_while_writers_work_and_no_call_fails() {
        AtomicBoolean isOver = new AtomicBoolean();
        List<Integer> written = Threads.atOnce(4, thread -> {
            int calls = 0;
            if (thread == 0) {
                bank.reconnect(as(role));
                Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(loggedIn("postgres"))
                        .isZero());
                isOver.set(true);
            }
            while (!isOver.get()) {
                bank.customers().deposit("c-" + thread, Account.SAVINGS, new BigDecimal("1.00"), OperationId.random());
                calls++;
            }
            return calls;
        });

        assertThat(IntStream.range(0, 20).mapToObj(i -> userOn("c-" + i))).containsOnly(role);
        for (int thread = 1; thread < 4; thread++) {
            assertThat(bank.customers()
                            .find("c-" + thread)
                            .orElseThrow()
                            .balances()
                            .savings())
                    .isEqualByComparingTo(BigDecimal.valueOf(10L + written.get(thread)));
        }
    }

    /** Of the pools; the connection that asks is the test's own. */
    private long loggedIn(String user) throws SQLException {
        return database(config.shards().get(0))
                .number(
                        "SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE usename = '%s' AND application_name = 'ringshard' AND datname IN ('%s', '%s')"
                                .formatted(
                                        user,
                                        database(config.shards().get(0)).name(),
                                        database(config.shards().get(1)).name()));
    }

    @Test
    void a_login_that_is_refused_by_one_shard_changes_nothing_on_any() {
        RingshardConfig wrong = as(role).withShard(
                        ShardConfig.of("eu-2", database(config.shards().get(1)).url(), "nobody_" + role, ""));

        assertThatThrownBy(() -> bank.reconnect(wrong))
                .isInstanceOf(ShardUnavailableException.class)
                .hasMessageContaining("Shard eu-2 cannot be reached with its new user and password")
                .hasMessageContaining("Nothing was changed, on no shard");

        assertThat(IntStream.range(0, 20).mapToObj(i -> userOn("c-" + i))).containsOnly("postgres");
    }

    @Test
    void pools_grow_and_shrink() {
        for (int size : List.of(20, 2, 5)) {
            bank.reconnect(changed(shard -> shard.withPool(shard.pool().withSize(size))));

            assertThat(bank.connections())
                    .allSatisfy(shard ->
                            assertThat(shard.pool().map(PoolState::size)).contains(size));
            assertThat(bank.customers().count()).isEqualTo(20);
        }
    }

    @Test
    void another_database_is_refused() {
        RingshardConfig swapped =
                config.withShard(TestCluster.shard("eu-2", TestCluster.database(DatabaseKind.POSTGRESQL)));

        assertThatThrownBy(() -> bank.reconnect(swapped))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("no shard eu-2 of cluster bank with the same database as before");
        assertThatThrownBy(() -> bank.reconnect(config.withoutShard("eu-2"))).isInstanceOf(InvalidInputException.class);
    }
}
