package dev.ringshard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.config.RingshardConfig;
import dev.ringshard.rebalance.RebalancePlan;
import dev.ringshard.testing.Parcel;
import dev.ringshard.testing.Parcels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many shards in one configuration. With a thousand, in 5,000 lines of YAML: {@code ./mvnw test -Pci -Dtest=LargeClusterTest
 * -Dringshard.shards=1000}, which takes some minutes, most of them for {@code init}.
 */
@Tag("ci")
class LargeClusterTest {
    private static final int SHARDS = Integer.getInteger("ringshard.shards", 100);

    @Test
    void many_shards_with_long_names_open_plan_and_are_checked_with_few_threads_and_connections(@TempDir Path folder)
            throws IOException {
        RingshardConfig config = RingshardConfig.load(yaml(folder));
        Ringshard.init(config);
        int threadsBefore = Thread.activeCount();
        try (Ringshard cluster = Ringshard.open(config)) {
            Parcels parcels = new Parcels(cluster);
            for (int i = 0; i < SHARDS; i++) {
                parcels.create(Parcel.bare("p-" + i));
            }

            assertThat(parcels.find("p-7")).isPresent();
            assertThat(cluster.status().shards()).hasSize(SHARDS).allSatisfy(shard -> assertThat(
                            shard.pool().orElseThrow().total())
                    .isBetween(1, 2));
            RebalancePlan plan = cluster.rebalancer().plan();
            assertThat(plan.moves()).isEmpty();
            assertThat(cluster.verify().isOk()).isTrue();
            Awaitility.await() // those that open connections end by themselves
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> Thread.activeCount() - threadsBefore < SHARDS);
        }
    }

    private static Path yaml(Path folder) throws IOException {
        StringBuilder yaml =
                new StringBuilder("cluster: large\n").append(Parcels.YAML).append("\nshards:\n");
        IntStream.range(0, SHARDS).mapToObj("s%062d"::formatted).forEach(name -> yaml.append("""
                  - name: %1$s
                    url: "jdbc:h2:mem:large-%1$s;DB_CLOSE_DELAY=-1"
                    user: sa
                    password: ""
                    weight: 1
                """.formatted(name)));
        return Files.writeString(folder.resolve("ringshard.yaml"), yaml);
    }
}
