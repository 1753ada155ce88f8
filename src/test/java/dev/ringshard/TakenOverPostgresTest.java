package dev.ringshard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.ringshard.bank.Balances;
import dev.ringshard.bank.NewCustomer;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.failure.CorruptionException;
import dev.ringshard.failure.NoOwnerException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.rebalance.Rebalancer;
import dev.ringshard.testing.EmbeddedServer;
import dev.ringshard.testing.PgBouncer;
import dev.ringshard.testing.PostgresServer;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Wrapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A standby takes over that lagged, and has not heard that its ranges went away; a router that is running has not heard of it
 * either, so its own map and the standby agree.
 */
@Tag("ci")
class TakenOverPostgresTest {

    /** Whose connections the router has. */
    enum Pool {
        OF_RINGSHARD,
        OF_THE_CALLER,
        OF_THE_CALLER_THAT_HIDES_ITS_CONNECTIONS,
        OF_RINGSHARD_BEHIND_A_POOLER,
        OF_THE_CALLER_BEHIND_A_POOLER
    }

    private final List<PgBouncer> poolers = new ArrayList<>();

    @AfterEach
    void the_poolers_end() {
        poolers.forEach(PgBouncer::close);
    }

    @ParameterizedTest
    @EnumSource(Pool.class)
    void a_router_that_is_running_believes_nothing_over_a_connection_to_it(Pool pool) throws Exception {
        try (EmbeddedServer server = PostgresServer.start(true);
                HikariDataSource own = new HikariDataSource()) {
            TestDatabase second = server.createDatabase();
            RingshardConfig two = TestCluster.config(
                    TestCluster.shards(List.of(TestCluster.database(DatabaseKind.POSTGRESQL), second)));
            Ringshard.init(two);
            try (Ringshard running = Ringshard.open(two.withShard(shard(pool, second, own)))) {
                String key = IntStream.range(0, 100)
                        .mapToObj(i -> "c-" + i)
                        .filter(one -> running.router().locate(one).shard().equals("eu-2"))
                        .findFirst()
                        .orElseThrow();
                running.customers()
                        .create(new NewCustomer(key, "Ada", "Lovelace", new Balances("10.00", "0.00", "0.00")));
                second.execute("CREATE TABLE before AS SELECT * FROM ringshard.owned_range");
                moveAll(two.withShard(TestCluster.shard("eu-2", second).withWeight(0)));
                second.execute(
                        "SET ringshard.mover = 'on'; INSERT INTO ringshard.owned_range SELECT first_token, last_token, epoch FROM before");
                server.restartAsStandby();
                second.execute("SELECT pg_promote()");

                // What died with the server may be lent once more, and to compare it with the others may take longer
                // than a call waits.
                await().atMost(Duration.ofMinutes(1))
                        .ignoreExceptionsMatching(later ->
                                later instanceof ShardUnavailableException || later instanceof NoOwnerException)
                        .until(() -> isRefusedOrAnsweredByItsOwner(running, key));
            }
        }
    }

    /** Who found the shard silent may have heard of the owner by another way; on the shard itself there is no row any more. */
    private static boolean isRefusedOrAnsweredByItsOwner(Ringshard running, String key) {
        try {
            assertThat(running.customers().find(key)).isPresent();
            return running.router().locate(key).shard().equals("eu-1");
        } catch (CorruptionException refused) {
            assertThat(refused).hasMessageContaining("Shard eu-2 was set back in time");
            return true;
        }
    }

    private static void moveAll(RingshardConfig weights) {
        try (Ringshard bank = Ringshard.open(weights)) {
            Rebalancer rebalancer = bank.rebalancer();
            assertThat(rebalancer.run(rebalancer.plan(), progress -> {}).movedRows())
                    .isPositive();
        }
    }

    private ShardConfig shard(Pool pool, TestDatabase database, HikariDataSource own) throws Exception {
        return switch (pool) {
            case OF_RINGSHARD -> TestCluster.shard("eu-2", database);
            case OF_THE_CALLER -> ShardConfig.postgresql("eu-2", leading(own, database));
            case OF_THE_CALLER_THAT_HIDES_ITS_CONNECTIONS ->
                ShardConfig.postgresql("eu-2", hiding(leading(own, database)));
            case OF_RINGSHARD_BEHIND_A_POOLER -> TestCluster.shard("eu-2", pooled(database));
            case OF_THE_CALLER_BEHIND_A_POOLER -> {
                own.addDataSourceProperty("prepareThreshold", "0");
                yield ShardConfig.postgresql("eu-2", leading(own, pooled(database)));
            }
        };
    }

    private static HikariDataSource leading(HikariDataSource own, TestDatabase database) {
        own.setJdbcUrl(database.url());
        own.setUsername(database.user());
        own.setPassword(database.password());
        return own;
    }

    /** Its connections to the server may come and go; those of its clients stay. */
    private TestDatabase pooled(TestDatabase database) throws Exception {
        database.execute("ALTER DATABASE " + database.name() + " SET lock_timeout = '3s'");
        PgBouncer pooler = PgBouncer.before(List.of(database), PgBouncer.Mode.TRANSACTION, 4);
        poolers.add(pooler);
        return pooler.to(database);
    }

    private static DataSource hiding(DataSource pool) {
        return proxy(DataSource.class, pool);
    }

    /** Does what the other does, and does not say what is behind it. */
    private static <T> T proxy(Class<T> type, T behind) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, given) -> {
                    if (method.getDeclaringClass() == Wrapper.class) {
                        if (method.getName().equals("isWrapperFor")) {
                            return false;
                        }
                        throw new SQLException("hidden");
                    }
                    try {
                        Object answer = method.invoke(behind, given);
                        return answer instanceof Connection connection ? proxy(Connection.class, connection) : answer;
                    } catch (InvocationTargetException failure) {
                        throw failure.getTargetException();
                    }
                }));
    }
}
