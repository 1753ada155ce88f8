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
import dev.ringshard.failure.CorruptionException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.rebalance.Rebalancer;
import dev.ringshard.status.ClusterStatus;
import dev.ringshard.status.RecoveryProgress;
import dev.ringshard.testing.PostgresServer;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import dev.ringshard.verify.Verification;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A shard that is restored from a backup of before a rebalance is named, and nothing is moved or deleted. The backup is a copy of
 * its database, taken while nobody works.
 */
@Tag("ci")
class SetBackPostgresTest {
    private static final int CUSTOMERS = 60;

    private final List<TestDatabase> databases = TestCluster.foundedDatabases(
            List.of(DatabaseKind.POSTGRESQL, DatabaseKind.POSTGRESQL),
            made -> TestCluster.config(TestCluster.shards(made)));
    private final RingshardConfig config = TestCluster.config(TestCluster.shards(databases));
    private final Map<String, String> founded = new HashMap<>();
    private TestDatabase backup = databases.get(1);

    @BeforeEach
    void customers_and_a_backup() throws SQLException {
        try (Ringshard bank = Ringshard.open(config)) {
            bank.customers()
                    .createAll(IntStream.range(0, CUSTOMERS)
                            .mapToObj(i ->
                                    new NewCustomer("c-" + i, "Ada", "Lovelace", new Balances("10.00", "0.00", "0.00")))
                            .toList());
            keysWhere(key -> true)
                    .forEach(key -> founded.put(key, bank.router().locate(key).shard()));
        }
        backUp();
    }

    private void backUp() {
        backup = PostgresServer.shared().backup(databases.get(1));
    }

    @Test
    void a_shard_that_has_forgotten_what_it_took_is_named() throws SQLException {
        rebalance(config.withShard(weightless("eu-1", databases.get(0))));

        assertNamed("it knows nothing of");
        assertThat(customersOn(databases.get(0))).isZero(); // they were on eu-2 alone, and the backup is older
    }

    @Test
    void a_shard_that_owns_again_what_it_gave_away_is_named() throws SQLException {
        rebalance(config.withShard(weightless("eu-2", databases.get(1))));

        assertNamed("that eu-1 owns with a newer epoch");
        assertThat(customersOn(databases.get(0))).isEqualTo(CUSTOMERS);
    }

    /** As if both copies had been on their way: the source has not deleted its rows yet. */
    @Test
    void rows_that_the_target_has_forgotten_stay_on_their_source() throws SQLException {
        sql(databases.get(0), """
                INSERT INTO ringshard.departed_range (first_token, last_token, epoch, target)
                SELECT first_token, last_token, epoch + 1, 'eu-2' FROM ringshard.owned_range;
                DELETE FROM ringshard.owned_range""");
        long rows = customersOn(databases.get(0));

        assertNamed("that eu-1 has handed over to it");
        assertThat(customersOn(databases.get(0))).isEqualTo(rows).isPositive();
    }

    /** It had taken them from the shard that was set back, which remembers that, and not that they came back to it. */
    @Test
    void a_shard_that_has_handed_on_what_it_took_is_not_named() throws SQLException {
        rebalance(config.withShard(weightless("eu-2", databases.get(1))));
        backUp();
        sql(databases.get(0), """
                INSERT INTO ringshard.departed_range (first_token, last_token, epoch, target)
                SELECT first_token, last_token, epoch + 1, 'eu-2' FROM ringshard.owned_range;
                DELETE FROM ringshard.owned_range""");

        assertNamed("that eu-1 has handed over to it");
        assertThat(customersOn(databases.get(0))).isEqualTo(CUSTOMERS);
    }

    @Test
    void a_router_serves_no_range_that_two_shards_own_and_all_others() {
        rebalance(config.withShard(weightless("eu-2", databases.get(1))));
        RingshardConfig restored = config.withShard(TestCluster.shard("eu-2", backup));
        try (Ringshard before = Ringshard.open(config);
                Ringshard bank = Ringshard.open(restored)) {
            List<String> stayed = keysWhere(key -> wasOn("eu-1", key));
            List<String> moved = keysWhere(key -> wasOn("eu-2", key));

            assertThat(stayed)
                    .isNotEmpty()
                    .allSatisfy(key -> assertThat(bank.customers().find(key)).isPresent());
            assertThat(moved).isNotEmpty().allSatisfy(key -> {
                assertThatThrownBy(() -> bank.customers().find(key))
                        .isInstanceOf(CorruptionException.class)
                        .hasMessageContaining("Shard eu-2 was set back in time")
                        .hasMessageContaining("that eu-1 owns with a newer epoch");
                assertThatThrownBy(() -> bank.customers()
                                .deposit(key, Account.SAVINGS, new BigDecimal("1.00"), OperationId.random()))
                        .isInstanceOf(CorruptionException.class);
                assertThat(before.customers().find(key)).isPresent();
            });
            assertThatThrownBy(() -> bank.customers().count())
                    .isInstanceOf(CorruptionException.class)
                    .hasMessageContaining("Shard eu-2 was set back in time");
        }
    }

    /** The newer owner is away: nobody contradicts. */
    @Test
    void a_restored_shard_is_not_believed_before_all_others_were_asked() {
        rebalance(config.withShard(weightless("eu-2", databases.get(1))));
        RingshardConfig restored = config.withShard(TestCluster.shard("eu-2", backup));
        try (Ringshard bank = Ringshard.open(restored.withShard(unreachable("eu-1")))) {
            assertThat(keysWhere(key -> wasOn("eu-2", key))).isNotEmpty().allSatisfy(key -> assertThatThrownBy(
                            () -> bank.customers().find(key))
                    .isInstanceOf(ShardUnavailableException.class)
                    .hasMessageContaining("Shard eu-2 was restored, or a standby took over")
                    .hasMessageContaining("shard eu-1 does not answer"));
        }
    }

    @Test
    void a_restored_shard_that_contradicts_nobody_is_served_and_after_recover_also_when_others_are_away() {
        RingshardConfig restored = config.withShard(TestCluster.shard("eu-2", backup));
        List<String> there = keysWhere(key -> wasOn("eu-2", key));
        try (Ringshard bank = Ringshard.open(restored)) {
            assertThat(there)
                    .isNotEmpty()
                    .allSatisfy(key -> assertThat(bank.customers().find(key)).isPresent());
            bank.recover();
        }
        try (Ringshard bank = Ringshard.open(restored.withShard(unreachable("eu-1")))) {
            assertThat(there)
                    .allSatisfy(key -> assertThat(bank.customers().find(key)).isPresent());
        }
    }

    private static ShardConfig unreachable(String name) {
        return TestCluster.shard(name, new TestDatabase("jdbc:postgresql://localhost:1/none", "nobody", ""));
    }

    private List<String> keysWhere(Predicate<String> where) {
        return IntStream.range(0, CUSTOMERS)
                .mapToObj(i -> "c-" + i)
                .filter(where)
                .toList();
    }

    /** When the backup was made, and the ring was as it was founded. */
    private boolean wasOn(String shard, String key) {
        return shard.equals(founded.get(key));
    }

    private void rebalance(RingshardConfig weights) {
        try (Ringshard bank = Ringshard.open(weights)) {
            Rebalancer rebalancer = bank.rebalancer();
            assertThat(rebalancer.run(rebalancer.plan(), progress -> {}).movedRows())
                    .isPositive();
            assertThat(bank.status().problem()).isEmpty();
        }
    }

    private void assertNamed(String reason) throws SQLException {
        long before = customersOn(databases.get(0)) + customersOn(backup);
        RingshardConfig restored = config.withShard(TestCluster.shard("eu-2", backup));
        try (Ringshard bank = Ringshard.open(restored)) {
            ClusterStatus status = bank.status();
            assertThat(status.problem().orElse("none"))
                    .contains("Shard eu-2 was set back in time", reason, "no rows are deleted");
            assertThat(status.isSettled()).isFalse();
            assertThatThrownBy(() -> bank.rebalancer().plan())
                    .isInstanceOf(CorruptionException.class)
                    .hasMessageContaining("Shard eu-2 was set back in time");
            Verification found = bank.verify();
            assertThat(found.isSound()).isFalse();
            assertThat(found.ring().setBack()).singleElement().asString().contains(reason);
            bank.recover();
            assertThat(bank.recover(Set.of("eu-2"), RecoveryProgress.NONE).withLoss())
                    .as("what others contradict is not taken")
                    .isEmpty();
            assertThat(bank.status().isSetBack()).isTrue();
        }
        assertThat(Ringshard.check(restored).problem().orElse("none")).contains("Shard eu-2 was set back in time");
        assertThat(customersOn(databases.get(0)) + customersOn(backup)).isEqualTo(before);
    }

    private static ShardConfig weightless(String name, TestDatabase database) {
        return TestCluster.shard(name, database).withWeight(0);
    }

    private static long customersOn(TestDatabase database) throws SQLException {
        return database.number("SELECT count(*) FROM customers");
    }

    private static void sql(TestDatabase database, String statements) throws SQLException {
        database.execute("SET ringshard.mover = 'on'; " + statements);
    }
}
