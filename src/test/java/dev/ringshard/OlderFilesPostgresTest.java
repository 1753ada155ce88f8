package dev.ringshard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.ringshard.bank.Balances;
import dev.ringshard.bank.Customer;
import dev.ringshard.bank.NewCustomer;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.failure.CorruptionException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.rebalance.Rebalancer;
import dev.ringshard.status.ClusterStatus;
import dev.ringshard.status.RecoveryProgress;
import dev.ringshard.testing.EmbeddedServer;
import dev.ringshard.testing.PostgresServer;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Older files are put back under the server of a shard, as from a snapshot of its disk: it goes on with the timeline that it had.
 * Takes a server of its own.
 */
@Tag("ci")
class OlderFilesPostgresTest {
    private static final int CUSTOMERS = 60;
    private static final String NAMED =
            "Shard eu-2 was set back in time, by older files or a dump that were put back, or a standby that lagged";

    private final EmbeddedServer server = PostgresServer.start(true);
    private final TestDatabase second = server.createDatabase();
    private final RingshardConfig config = TestCluster.config(TestCluster.shards(List.of(
            TestCluster.database(DatabaseKind.POSTGRESQL), second, TestCluster.database(DatabaseKind.POSTGRESQL))));
    private List<String> keys = List.of();
    private String key = "none";

    @BeforeEach
    void files_from_before_any_customer() {
        Ringshard.init(config);
        server.kill();
        server.backUp();
        server.restart();
        try (Ringshard bank = Ringshard.open(config)) {
            bank.customers()
                    .createAll(IntStream.range(0, CUSTOMERS)
                            .mapToObj(i ->
                                    new NewCustomer("c-" + i, "Ada", "Lovelace", new Balances("10.00", "0.00", "0.00")))
                            .toList());
            keys = IntStream.range(0, CUSTOMERS)
                    .mapToObj(i -> "c-" + i)
                    .filter(one -> bank.router().locate(one).shard().equals("eu-2"))
                    .toList();
            key = keys.get(0);
            bank.recover();
            assertThat(bank.status().isSettled()).isTrue();
        }
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void a_router_that_is_running_does_not_believe_the_shard_before_it_has_asked_all_others() {
        try (Ringshard running = Ringshard.open(config)) {
            moveAllFromTheShard();
            putBack();

            List<Optional<Customer>> believed = new ArrayList<>();
            // What died with the server may be lent once more.
            await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThatThrownBy(
                            () -> believed.add(running.customers().find(key)))
                    .isInstanceOf(CorruptionException.class)
                    .hasMessageContaining("Shard eu-2 was set back in time"));
            assertThat(believed).isEmpty();
        }
    }

    /** One of them knows how long the log was; another one, which is away, may own what the shard has given away. */
    @Test
    void a_router_that_starts_does_not_believe_the_shard_before_it_has_asked_all_others() {
        putBack();

        try (Ringshard bank = Ringshard.open(config.withShard(unreachable("eu-1")))) {
            assertThatThrownBy(() -> bank.customers().find(key))
                    .isInstanceOf(ShardUnavailableException.class)
                    .hasMessageContaining("Older files were put back under the server of shard eu-2")
                    .hasMessageContaining("shard eu-1 does not answer");
        }
    }

    @Test
    void a_log_that_has_grown_past_all_that_was_seen_of_it_makes_nobody_believe_the_shard() throws SQLException {
        try (Ringshard running = Ringshard.open(config)) {
            moveAllFromTheShard();
            String gone = keyThatIsNowOn("eu-1");
            putBack();
            growLog();

            try (Ringshard bank = Ringshard.open(config.withShard(unreachable("eu-1")))) {
                assertThatThrownBy(() -> bank.customers().find(gone))
                        .isInstanceOf(ShardUnavailableException.class)
                        .hasMessageContaining("Shard eu-2 was set back in time: it lacks a mark");
            }
            List<Optional<Customer>> believed = new ArrayList<>();
            await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThatThrownBy(
                            () -> believed.add(running.customers().find(gone)))
                    .isInstanceOf(CorruptionException.class)
                    .hasMessageContaining("Shard eu-2 was set back in time"));
            assertThat(believed).isEmpty();
            assertThat(running.status().problem().orElse("none")).contains("it lacks a mark that eu-");
        }
    }

    /** Nobody asks by a key, which would have it compared, too. */
    @Test
    void a_shard_whose_server_was_only_started_anew_is_read_with_all_others() {
        try (Ringshard running = Ringshard.open(config)) {
            assertThat(running.customers().count()).isEqualTo(CUSTOMERS);
            server.kill();
            server.restart();

            await().atMost(Duration.ofMinutes(1))
                    .ignoreExceptionsInstanceOf(ShardUnavailableException.class)
                    .untilAsserted(() -> assertThat(running.customers().count()).isEqualTo(CUSTOMERS));
            assertThat(running.customers().find(key)).isPresent();
            assertThat(running.status().problem()).isEmpty();
        }
    }

    private String keyThatIsNowOn(String shard) {
        try (Ringshard bank = Ringshard.open(config)) {
            return keys.stream()
                    .filter(one -> bank.router().locate(one).shard().equals(shard))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private void growLog() throws SQLException {
        second.execute("SELECT count(pg_logical_emit_message(false, 'growth', repeat('x', 10000)))"
                + " FROM generate_series(1, 6000); SELECT pg_switch_wal()");
    }

    @Test
    void a_shard_that_contradicts_nobody_is_served_and_once_it_is_taken_as_it_is_also_when_others_are_away() {
        putBack();

        try (Ringshard bank = Ringshard.open(config)) {
            assertThat(bank.customers().find(key)).isEmpty();
            bank.recover(Set.of("eu-2"), RecoveryProgress.NONE);
        }
        try (Ringshard bank = Ringshard.open(config.withShard(unreachable("eu-1")))) {
            assertThat(bank.customers().find(key)).isEmpty();
        }
    }

    @Test
    void the_shard_is_named_until_somebody_has_decided_to_take_it() {
        putBack();

        try (Ringshard bank = Ringshard.open(config)) {
            ClusterStatus status = bank.status();
            assertThat(status.problem().orElse("none")).contains(NAMED, "recover --restored eu-2");
            assertThat(status.isSettled()).isFalse();
            assertThat(Ringshard.check(config).problem().orElse("none")).contains(NAMED);
            assertThatThrownBy(() -> bank.rebalancer().plan())
                    .isInstanceOf(CorruptionException.class)
                    .hasMessageContaining(NAMED);
            assertThat(bank.verify().isSound()).isFalse();
            assertThat(bank.verify().ring().setBack())
                    .singleElement()
                    .asString()
                    .contains(NAMED);

            bank.recover(Set.of("eu-2"), RecoveryProgress.NONE);

            assertThat(bank.status().problem()).isEmpty();
            assertThat(bank.verify().isSound()).isTrue();
            assertThat(bank.rebalancer().plan().moves()).isEmpty();
        }
    }

    @Test
    void a_crash_that_loses_commits_which_were_not_flushed_is_no_going_back() throws SQLException {
        second.execute("ALTER SYSTEM SET wal_writer_delay = '10s'");
        second.execute("CREATE TABLE lost (n int)");
        server.kill();
        server.restart();
        second.execute("INSERT INTO lost VALUES (0)");
        second.execute(
                "SET synchronous_commit = off; INSERT INTO lost SELECT generate_series(1, 50)"); // less than a page
        try (Ringshard running =
                Ringshard.open(config.withShard(unreachable("eu-1")))) { // which looks while that is not flushed
            server.kill();
            server.restart();

            // What died with the server may be lent once more.
            await().atMost(Duration.ofMinutes(1))
                    .untilAsserted(
                            () -> assertThat(running.customers().find(key)).isPresent());
        }
        try (Ringshard bank = Ringshard.open(config)) {
            assertThat(bank.status().problem()).isEmpty();
        }
    }

    private void putBack() {
        server.kill();
        server.restore();
        server.restart();
    }

    private void moveAllFromTheShard() {
        try (Ringshard bank = Ringshard.open(
                config.withShard(TestCluster.shard("eu-2", second).withWeight(0)))) {
            Rebalancer rebalancer = bank.rebalancer();
            assertThat(rebalancer.run(rebalancer.plan(), progress -> {}).movedRows())
                    .isPositive();
        }
    }

    private static ShardConfig unreachable(String name) {
        return TestCluster.shard(name, new TestDatabase("jdbc:postgresql://localhost:1/none", "nobody", ""));
    }
}
