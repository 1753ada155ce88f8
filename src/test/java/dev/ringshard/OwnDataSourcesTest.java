package dev.ringshard;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.ringshard.bank.Account;
import dev.ringshard.bank.Balances;
import dev.ringshard.bank.CustomerRepository;
import dev.ringshard.bank.NewCustomer;
import dev.ringshard.bank.OperationId;
import dev.ringshard.bank.Posting;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Shards on data sources that the application has already, even one that does not commit by itself. */
@Tag("ci")
class OwnDataSourcesTest {

    @ParameterizedTest
    @EnumSource(DatabaseKind.class)
    void a_cluster_works_on_pools_of_the_callers_that_have_auto_commit_off(DatabaseKind kind) {
        List<HikariDataSource> pools = IntStream.range(0, 2)
                .mapToObj(i -> pool(TestCluster.database(kind)))
                .toList();
        RingshardConfig config = TestCluster.config(
                List.of(TestCluster.shard("eu-1", kind, pools.get(0)), TestCluster.shard("eu-2", kind, pools.get(1))));
        Ringshard.init(config);
        try (Ringshard bank = Ringshard.open(config)) {
            CustomerRepository customers = bank.customers();
            IntStream.range(0, 20)
                    .forEach(i -> customers.create(
                            new NewCustomer("c-" + i, "Ada", "Lovelace", new Balances("10.00", "0.00", "0.00"))));
            assertThat(customers.deposit("c-1", Account.SAVINGS, new BigDecimal("5"), OperationId.random()))
                    .isEqualTo(new Posting.Applied(new BigDecimal("15.00")));
        }
        try (Ringshard again = Ringshard.open(config)) {
            assertThat(again.customers().totals().money()).isEqualByComparingTo("205.00");
        }
        assertThat(pools).as("they are the caller's to close").noneMatch(HikariDataSource::isClosed);
        assertThat(pools).allMatch(pool -> pool.getHikariPoolMXBean().getActiveConnections() == 0);
        pools.forEach(HikariDataSource::close);
    }

    @ParameterizedTest
    @EnumSource(DatabaseKind.class)
    void a_pool_that_resets_nothing_gets_its_connections_back_as_they_were(DatabaseKind kind) throws SQLException {
        OneConnection source = new OneConnection(TestCluster.database(kind));
        RingshardConfig config = TestCluster.config(List.of(TestCluster.shard("eu-1", kind, source)));
        try (HikariDataSource flyway = pool(source.database)) {
            Ringshard.init(TestCluster.config(List.of(TestCluster.shard("eu-1", kind, flyway))));
        }
        try (Ringshard bank = Ringshard.open(config)) {
            bank.customers().create(new NewCustomer("c-1", "Ada", "Lovelace", new Balances("10.00", "0.00", "0.00")));
            assertThat(bank.customers().count()).isEqualTo(1);
            bank.customers().deposit("c-1", Account.SAVINGS, new BigDecimal("5"), OperationId.random());
            assertThat(bank.customers().totals().money()).isEqualByComparingTo("15.00");
        }
        assertThat(source.connection.isReadOnly()).isFalse();
        assertThat(source.connection.getAutoCommit()).isFalse();
        assertThat(source.connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_REPEATABLE_READ);
        source.connection.close();
    }

    /** Single customers are found under their schema, as {@code bank: { schema: public }} says; without, by the search path. */
    @Test
    void a_temporary_table_of_the_callers_is_not_taken_for_a_sharded_one() {
        TestDatabase database = TestCluster.database(DatabaseKind.POSTGRESQL);
        try (HikariDataSource plain = pool(database)) {
            RingshardConfig config = TestCluster.config(List.of(ShardConfig.postgresql("eu-1", plain)));
            Ringshard.init(config);
            try (Ringshard bank = Ringshard.open(config)) {
                bank.customers()
                        .create(new NewCustomer("c-1", "Ada", "Lovelace", new Balances("10.00", "0.00", "0.00")));
            }
        }
        try (HikariDataSource shadowed = pool(database, "CREATE TEMP TABLE customers (LIKE public.customers)");
                Ringshard bank =
                        Ringshard.open(TestCluster.config(List.of(ShardConfig.postgresql("eu-1", shadowed))))) {
            assertThat(bank.customers().count()).isEqualTo(1);
            assertThat(bank.customers().totals().money()).isEqualByComparingTo("10.00");
            assertThat(bank.verify().isOk()).isTrue();
            assertThat(bank.verify().extent().owned()).containsEntry("customers", 1L);
        }
    }

    /** Lends one and the same connection, in a state of its own, one borrower at a time, and never resets it. */
    private static final class OneConnection extends org.postgresql.ds.common.BaseDataSource
            implements javax.sql.DataSource {
        private final TestDatabase database;
        private final Connection connection;
        private final java.util.concurrent.Semaphore free = new java.util.concurrent.Semaphore(1);

        OneConnection(TestDatabase database) throws SQLException {
            this.database = database;
            this.connection = database.connect();
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            connection.setAutoCommit(false);
        }

        @Override
        public Connection getConnection() {
            free.acquireUninterruptibly();
            return (Connection) java.lang.reflect.Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                        if (method.getName().equals("close")) {
                            free.release();
                            return null;
                        }
                        try {
                            return method.invoke(connection, arguments);
                        } catch (java.lang.reflect.InvocationTargetException failure) {
                            throw failure.getTargetException();
                        }
                    });
        }

        @Override
        public String getDescription() {
            return "one connection";
        }

        @Override
        public <T> T unwrap(Class<T> type) throws SQLException {
            throw new SQLException("wraps nothing");
        }

        @Override
        public boolean isWrapperFor(Class<?> type) {
            return false;
        }
    }

    private static HikariDataSource pool(TestDatabase database) {
        return pool(database, null);
    }

    private static HikariDataSource pool(TestDatabase database, @Nullable String first) {
        HikariConfig config = new HikariConfig();
        config.setConnectionInitSql(first);
        config.setJdbcUrl(database.url());
        config.setUsername(database.user());
        config.setPassword(database.password());
        config.setAutoCommit(false);
        return new HikariDataSource(config);
    }
}
