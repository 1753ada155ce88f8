package dev.ringshard;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.customers.Account;
import dev.ringshard.customers.Balances;
import dev.ringshard.customers.CustomerRepository;
import dev.ringshard.customers.NewCustomer;
import dev.ringshard.customers.OperationId;
import dev.ringshard.customers.Posting;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.math.BigDecimal;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Shards on data sources that the application has already, even one that does not commit by itself. */
class OwnDataSourcesTest {

    @ParameterizedTest
    @EnumSource(DatabaseKind.class)
    void a_cluster_works_on_pools_of_the_callers_that_have_auto_commit_off(DatabaseKind kind) {
        List<HikariDataSource> pools = IntStream.range(0, 2)
                .mapToObj(i -> pool(TestCluster.database(kind)))
                .toList();
        RingshardConfig config =
                TestCluster.config(List.of(shard("eu-1", kind, pools.get(0)), shard("eu-2", kind, pools.get(1))));
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

    private static ShardConfig shard(String name, DatabaseKind kind, HikariDataSource pool) {
        return switch (kind) {
            case POSTGRESQL -> ShardConfig.postgresql(name, pool);
            case H2 -> ShardConfig.h2(name, pool);
        };
    }

    private static HikariDataSource pool(TestDatabase database) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(database.url());
        config.setUsername(database.user());
        config.setPassword(database.password());
        config.setAutoCommit(false);
        return new HikariDataSource(config);
    }
}
