package dev.ringshard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.ringshard.bank.Account;
import dev.ringshard.bank.Balances;
import dev.ringshard.bank.NewCustomer;
import dev.ringshard.bank.OperationId;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.failure.SqlFailedException;
import dev.ringshard.routing.Isolation;
import dev.ringshard.routing.KeyedTransaction;
import dev.ringshard.testing.PgBouncer;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Shards behind a real PgBouncer, which gives one server connection to many clients in turn. Of prepared statements that a
 * newer PgBouncer keeps for its clients nothing is shown.
 */
@Tag("ci")
class PoolerPostgresTest {
    private static final int CUSTOMERS = 60;
    private static final int POOL = 4;

    private final List<TestDatabase> databases = TestCluster.foundedDatabases(
            Collections.nCopies(3, DatabaseKind.POSTGRESQL),
            founded -> TestCluster.config(TestCluster.shards(founded)));
    private final List<PgBouncer> poolers = new ArrayList<>();

    @AfterEach
    void the_poolers_end() {
        poolers.forEach(PgBouncer::close);
    }

    @ParameterizedTest
    @EnumSource(PgBouncer.Mode.class)
    void a_cluster_reads_writes_and_moves_through_a_pooler_and_leaves_no_setting_behind(PgBouncer.Mode mode)
            throws Exception {
        forEachDatabase("SET lock_timeout = '3s'");
        PgBouncer pooler = pooler(mode);
        List<TestDatabase> pooled = databases.stream().map(pooler::to).toList();
        try (Ringshard bank = Ringshard.open(TestCluster.config(TestCluster.shards(pooled)))) {
            IntStream.range(0, CUSTOMERS).parallel().forEach(i -> work(bank, "c-" + i));
            assertThat(bank.customers().totals().money()).isEqualByComparingTo(new BigDecimal(15 * CUSTOMERS));

            bank.removeShard("eu-3");

            IntStream.range(0, CUSTOMERS).forEach(i -> assertThat(bank.customers()
                            .find("c-" + i)
                            .orElseThrow()
                            .balances()
                            .savings())
                    .isEqualByComparingTo("15.00"));
            assertThat(bank.verify().isSound()).isTrue();
            String isolation =
                    bank.router().transaction(Isolation.SERIALIZABLE, List.of("c-1"), PoolerPostgresTest::isolation);
            assertThat(isolation).isEqualTo("serializable");
        }
        assertNothingIsLeft(pooler);
    }

    /** Many times each, so that the driver would name its prepared statements. */
    private static void work(Ringshard bank, String key) {
        bank.customers().create(new NewCustomer(key, "Ada", "Lovelace", new Balances("10.00", "0.00", "0.00")));
        for (int i = 0; i < 10; i++) {
            bank.customers().deposit(key, Account.SAVINGS, new BigDecimal("0.50"), OperationId.random());
            bank.router().transaction(Isolation.REPEATABLE_READ, List.of(key), tx -> tx.dsl()
                    .fetchSingle("SELECT count(*) FROM account_entries WHERE customer_key = ?", key));
        }
    }

    @Test
    void a_pooler_before_a_user_who_would_wait_for_locks_for_ever_is_refused() throws Exception {
        PgBouncer pooler = pooler(PgBouncer.Mode.TRANSACTION);
        List<TestDatabase> pooled = databases.stream().map(pooler::to).toList();
        try (Ringshard bank = Ringshard.open(TestCluster.config(TestCluster.shards(pooled)))) {
            assertThatThrownBy(() -> bank.customers().find("c-1"))
                    .isInstanceOf(ShardUnavailableException.class)
                    .hasMessageContaining("a connection pooler such as PgBouncer stands before it")
                    .hasMessageContaining("lock_timeout is 0")
                    .hasMessageContaining("ALTER ROLE postgres IN DATABASE")
                    .hasMessageContaining("SET lock_timeout = '5000ms'");
        }
        assertNothingIsLeft(pooler);
    }

    @Test
    void a_pooler_before_a_database_of_another_isolation_level_is_refused() throws Exception {
        forEachDatabase("SET lock_timeout = '3s'");
        forEachDatabase("SET default_transaction_isolation = 'serializable'");
        PgBouncer pooler = pooler(PgBouncer.Mode.TRANSACTION);
        List<TestDatabase> pooled = databases.stream().map(pooler::to).toList();
        try (Ringshard bank = Ringshard.open(TestCluster.config(TestCluster.shards(pooled)))) {
            assertThatThrownBy(() -> bank.customers().find("c-1"))
                    .isInstanceOf(ShardUnavailableException.class)
                    .hasMessageContaining("default_transaction_isolation is serializable")
                    .hasMessageContaining("SET default_transaction_isolation = 'read committed'");
        }
    }

    /** Flyway sets the search path of its session. */
    @Test
    void init_is_refused_through_a_pooler() throws Exception {
        forEachDatabase("SET lock_timeout = '3s'");
        PgBouncer pooler = pooler(PgBouncer.Mode.TRANSACTION);
        RingshardConfig config = TestCluster.config(
                TestCluster.shards(databases.stream().map(pooler::to).toList()));

        assertThatThrownBy(() -> Ringshard.init(config))
                .isInstanceOf(SqlFailedException.class)
                .hasMessageContaining("Shard eu-1 is reached through a connection pooler")
                .hasMessageContaining("Nothing was done.");
    }

    @Test
    void a_pool_of_the_callers_own_leaves_no_isolation_level_behind_either() throws Exception {
        PgBouncer pooler = pooler(PgBouncer.Mode.TRANSACTION);
        forEachDatabase("SET default_transaction_isolation = 'repeatable read'");
        List<HikariDataSource> pools =
                databases.stream().map(pooler::to).map(PoolerPostgresTest::pool).toList();
        RingshardConfig config = TestCluster.config(IntStream.range(0, pools.size())
                .mapToObj(i -> ShardConfig.postgresql("eu-" + (i + 1), pools.get(i)))
                .toList());
        try (Ringshard bank = Ringshard.open(config)) {
            work(bank, "c-1");
            assertThat(bank.customers().totals().money()).isEqualByComparingTo("15.00");
            String isolation = bank.router().transaction("c-1", PoolerPostgresTest::isolation);
            assertThat(isolation).isEqualTo("read committed");
        }
        pools.forEach(HikariDataSource::close);
        assertNothingIsLeft(pooler);
    }

    private static String isolation(KeyedTransaction transaction) {
        return transaction.dsl().fetchSingle("SHOW transaction_isolation").get(0, String.class);
    }

    private PgBouncer pooler(PgBouncer.Mode mode) throws Exception {
        PgBouncer pooler = PgBouncer.before(databases, mode, POOL);
        poolers.add(pooler);
        return pooler;
    }

    private static HikariDataSource pool(TestDatabase database) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(database.url() + "?prepareThreshold=0");
        config.setUsername(database.user());
        config.setPassword(database.password());
        return new HikariDataSource(config);
    }

    private void forEachDatabase(String setting) throws SQLException {
        for (TestDatabase database : databases) {
            String name = database.url().replaceFirst(".*/", "");
            try (Connection connection = database.connect();
                    Statement statement = connection.createStatement()) {
                statement.execute("ALTER DATABASE " + name + " " + setting);
            }
        }
    }

    private void assertNothingIsLeft(PgBouncer pooler) throws SQLException {
        for (TestDatabase database : databases) {
            try (Connection direct = database.connect()) {
                assertThat(settingsOfOthers(pooler.to(database))).containsExactly(settings(direct));
            }
        }
    }

    /** What other clients find, of all connections that the pooler has to the server: they are held at the same time. */
    private static Set<String> settingsOfOthers(TestDatabase pooled) throws SQLException {
        List<Connection> clients = new ArrayList<>();
        Set<String> found = new TreeSet<>();
        try {
            for (int i = 0; i < POOL; i++) {
                Connection client = pooled.connect();
                clients.add(client);
                client.setAutoCommit(false);
                found.add(settings(client));
            }
        } finally {
            for (Connection client : clients) {
                client.close();
            }
        }
        return found;
    }

    private static String settings(Connection client) throws SQLException {
        String asked = List.of(
                        "lock_timeout",
                        "default_transaction_isolation",
                        "default_transaction_read_only",
                        "row_security",
                        "session_replication_role",
                        "synchronous_commit",
                        "statement_timeout",
                        "idle_in_transaction_session_timeout")
                .stream()
                .map("current_setting('%s')"::formatted)
                .collect(Collectors.joining(", "));
        try (Statement statement = client.createStatement();
                ResultSet row = statement.executeQuery("SELECT concat_ws(' ', " + asked + ")")) {
            row.next();
            return row.getString(1);
        }
    }
}
