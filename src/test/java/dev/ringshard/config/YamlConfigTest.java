package dev.ringshard.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.ring.KeyHashes;
import dev.ringshard.ring.Member;
import dev.ringshard.ring.RingStrategies;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class YamlConfigTest {
    @Test
    void the_smallest_configuration_has_the_documented_defaults() {
        RingshardConfig config = parse("""
                cluster: bank
                shards:
                  - { name: eu-1, url: "jdbc:h2:file:./eu-1" }
                """);

        assertThat(config)
                .isEqualTo(RingshardConfig.builder("bank")
                        .shard(ShardConfig.of("eu-1", "jdbc:h2:file:./eu-1", "", ""))
                        .build());
        assertThat(config.routingTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.ring().hash().name()).isEqualTo("md5");
        assertThat(config.ring().virtualNodes()).isEqualTo(128);
        assertThat(config.ring().strategy()).isEqualTo(RingStrategies.named("balanced"));
        assertThat(config.shards().get(0).weight()).isEqualTo(1.0);
        assertThat(config.shards().get(0).pool())
                .isEqualTo(new PoolConfig(10, Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(60)));
    }

    @Test
    void every_key_is_read_and_means_the_same_as_in_the_builder() {
        RingshardConfig config = parse("""
                cluster: bank
                ring: { hash: xxh3, virtual-nodes: 3, strategy: vnodes }
                routing-timeout: 750ms
                purge-after: 2h
                pool: { size: 20, connection-timeout: 2s, lock-timeout: 250ms, socket-timeout: 1m, leak-detection: 30s }
                shards:
                  - name: eu-1
                    url: jdbc:postgresql://localhost:5431/bank
                    user: bank
                    password: secret
                    weight: 1.5
                    pool: { size: 4, socket-timeout: 2h }
                  - name: eu-2
                    url: jdbc:h2:file:./data/eu-2
                    weight: 0
                """);

        PoolConfig pool = PoolConfig.DEFAULT
                .withSize(20)
                .withConnectionTimeout(Duration.ofSeconds(2))
                .withLockTimeout(Duration.ofMillis(250))
                .withSocketTimeout(Duration.ofMinutes(1))
                .withLeakDetection(Duration.ofSeconds(30));
        assertThat(config)
                .isEqualTo(RingshardConfig.builder("bank")
                        .ring(RingConfig.DEFAULT
                                .withHash(KeyHashes.named("xxh3"))
                                .withVirtualNodes(3)
                                .withStrategy(RingStrategies.named("vnodes")))
                        .routingTimeout(Duration.ofMillis(750))
                        .purgeAfter(Duration.ofHours(2))
                        .shard(ShardConfig.of("eu-1", "jdbc:postgresql://localhost:5431/bank", "bank", "secret")
                                .withWeight(1.5)
                                .withPool(pool.withSize(4).withSocketTimeout(Duration.ofHours(2))))
                        .shard(ShardConfig.of("eu-2", "jdbc:h2:file:./data/eu-2", "", "")
                                .withWeight(0)
                                .withPool(pool))
                        .build());
    }

    @Test
    void shards_keep_the_order_of_the_file() {
        RingshardConfig config = parse("""
                cluster: bank
                shards:
                  - { name: zulu, url: "jdbc:h2:file:./1" }
                  - { name: alpha, url: "jdbc:h2:file:./2", weight: 0 }
                  - { name: mike, url: "jdbc:h2:file:./3", weight: 2 }
                """);

        assertThat(config.members())
                .containsExactly(new Member("zulu", 1), new Member("alpha", 0), new Member("mike", 2));
    }

    @Test
    void values_may_come_from_the_environment_and_have_defaults() {
        RingshardConfig config =
                RingshardConfig.parse("""
                cluster: "${CLUSTER:bank}"
                ring: { virtual-nodes: "${NODES}" }
                routing-timeout: "${WAIT:3s}"
                shards:
                  - name: eu-1
                    url: jdbc:postgresql://${HOST}:${PORT:5432}/bank
                    user: ${USER:}
                    password: ${BANK_PASSWORD}
                    weight: ${WEIGHT:2}
                """, Map.of("NODES", "7", "HOST", "db1", "BANK_PASSWORD", "a${b}$${c}: {x}"));

        ShardConfig shard = config.shard("eu-1").orElseThrow();
        assertThat(config.cluster()).isEqualTo("bank");
        assertThat(config.ring().virtualNodes()).isEqualTo(7);
        assertThat(config.routingTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(shard.weight()).isEqualTo(2.0);
        assertThat(shard.source())
                .isEqualTo(
                        new DatabaseSource.Jdbc("jdbc:postgresql://db1:5432/bank", "", Password.of("a${b}$${c}: {x}")));
    }

    @Test
    void unquoted_numbers_stay_as_they_are_written_where_a_text_is_meant() {
        RingshardConfig config = parse("""
                cluster: 2026
                shards:
                  - { name: 01, url: "jdbc:h2:file:./1", user: 1_000, password: 0123 }
                """);

        assertThat(config.cluster()).isEqualTo("2026");
        assertThat(config.shards().get(0).name()).isEqualTo("01");
        assertThat(config.shards().get(0).source())
                .isEqualTo(new DatabaseSource.Jdbc("jdbc:h2:file:./1", "1_000", Password.of("0123")));
    }

    @Test
    void a_key_without_a_value_counts_as_left_out() {
        RingshardConfig config = parse("""
                cluster: bank
                ring:
                routing-timeout: ~
                pool: { size: }
                shards:
                  - { name: eu-1, url: "jdbc:h2:file:./1", password: , weight: null, pool: }
                """);

        assertThat(config)
                .isEqualTo(RingshardConfig.builder("bank")
                        .shard(ShardConfig.of("eu-1", "jdbc:h2:file:./1", "", ""))
                        .build());
    }

    private static RingshardConfig parse(String yaml) {
        return RingshardConfig.parse(yaml, Map.of());
    }
}
