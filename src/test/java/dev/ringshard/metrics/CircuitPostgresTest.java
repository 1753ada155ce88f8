package dev.ringshard.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.Ringshard;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.testing.FaultProxy;
import dev.ringshard.testing.Parcels;
import dev.ringshard.testing.PostgresServer;
import dev.ringshard.testing.TestCluster;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A shard that stops answering, as the figures show it. */
class CircuitPostgresTest {

    @Test
    void a_shard_that_does_not_answer_shows_by_its_circuit_and_by_the_calls_that_failed() {
        try (FaultProxy proxy = FaultProxy.before(PostgresServer.shared().createDatabase())) {
            RingshardConfig config = Parcels.config(List.of(TestCluster.shard("eu-1", proxy.database())));
            Ringshard.init(config);
            ShardConfig shard = config.shards().get(0);
            ShardConfig hasty = shard.withPool(shard.pool().withConnectionTimeout(Duration.ofSeconds(1)));
            try (Ringshard ringshard = Ringshard.open(Parcels.config(List.of(hasty)))) {
                MeterRegistry registry = new SimpleMeterRegistry();
                RingshardMetrics.of(ringshard).bindTo(registry);
                proxy.refuse();
                proxy.cut();

                for (int i = 0; i < 4; i++) {
                    assertThatThrownBy(() -> new Parcels(ringshard).find("some"))
                            .isInstanceOf(ShardUnavailableException.class);
                }

                assertThat(circuit(registry, "open")).isEqualTo(1);
                assertThat(circuit(registry, "closed")).isZero();
                assertThat(registry.get("ringshard.operations")
                                .tags("shard", "eu-1", "kind", "read", "outcome", "retry_later")
                                .timer()
                                .count())
                        .isEqualTo(4);
            }
        }
    }

    private static double circuit(MeterRegistry registry, String state) {
        return registry.get("ringshard.circuit.state")
                .tags("shard", "eu-1", "state", state)
                .gauge()
                .value();
    }
}
