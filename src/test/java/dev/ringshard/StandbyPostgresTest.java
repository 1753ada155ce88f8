package dev.ringshard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.ringshard.bank.Balances;
import dev.ringshard.bank.NewCustomer;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.failure.Remedy;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.status.ClusterCheck;
import dev.ringshard.testing.EmbeddedServer;
import dev.ringshard.testing.PostgresServer;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A shard whose database has become a standby, as after a switch-over. Takes a server of its own. */
@Tag("ci")
class StandbyPostgresTest {
    @Test
    void a_standby_is_no_shard_and_a_write_that_meets_one_is_to_be_repeated() throws Exception {
        try (EmbeddedServer server = PostgresServer.start(true)) {
            List<TestDatabase> databases = List.of(server.createDatabase());
            RingshardConfig config = RingshardConfig.builder("bank")
                    .shards(TestCluster.shards(databases))
                    .routingTimeout(Duration.ofSeconds(1))
                    .build();
            Ringshard.init(config);
            try (Ringshard bank = Ringshard.open(config)) {
                bank.customers().create(customer("c-1"));

                server.restartAsStandby();

                // A connection that died with the server may be lent once more: what it was sent has no known outcome.
                await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThatThrownBy(
                                () -> bank.customers().create(customer("c-2")))
                        .isInstanceOfSatisfying(RingshardException.class, failure -> assertThat(failure.remedy())
                                .isEqualTo(Remedy.RETRY_LATER)));
            }
            assertThat(Ringshard.check(config).shards()).singleElement().satisfies(shard -> {
                assertThat(shard.state()).isEqualTo(ClusterCheck.State.WRONG);
                assertThat(shard.problem().orElse("none")).contains("Shard eu-1 is configured with a standby");
            });
            assertThatThrownBy(() -> Ringshard.open(config))
                    .isInstanceOf(ForeignShardException.class)
                    .hasMessageContaining("Shard eu-1 is configured with a standby");
        }
    }

    private static NewCustomer customer(String key) {
        return new NewCustomer(key, "Ada", "Lovelace", new Balances("1.00", "0.00", "0.00"));
    }
}
