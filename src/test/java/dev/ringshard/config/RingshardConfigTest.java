package dev.ringshard.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ringshard.failure.ConfigurationException;
import dev.ringshard.ring.RingStrategies;
import dev.ringshard.ring.TokenMap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;

class RingshardConfigTest {
    private static final ShardConfig ONE = ShardConfig.of("eu-1", "jdbc:h2:file:./1", "sa", "");
    private static final ShardConfig TWO = ShardConfig.of("eu-2", "jdbc:h2:file:./2", "sa", "");

    @Test
    void a_shard_is_found_by_its_name() {
        RingshardConfig config =
                RingshardConfig.builder("bank").shards(List.of(ONE, TWO)).build();

        assertThat(config.shard("eu-2")).contains(TWO);
        assertThat(config.shard("eu-3")).isEmpty();
    }

    @Test
    void a_configuration_does_not_change_with_the_list_it_came_from() {
        List<ShardConfig> shards = new ArrayList<>(List.of(ONE));
        RingshardConfig config = new RingshardConfig(
                "bank",
                RingConfig.DEFAULT,
                shards,
                Duration.ofSeconds(5),
                Optional.empty(),
                TablesConfig.NONE,
                BankConfig.ON,
                false);

        shards.add(TWO);

        assertThat(config.shards()).containsExactly(ONE);
        assertThatThrownBy(() -> config.shards().add(TWO)).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void a_shard_can_be_added_replaced_and_left_out() {
        RingshardConfig config = RingshardConfig.builder("bank").shard(ONE).build();

        assertThat(config.withShard(TWO).shards()).containsExactly(ONE, TWO);
        assertThat(config.withShard(TWO).withShard(ONE.withWeight(2)).shards()).containsExactly(ONE.withWeight(2), TWO);
        assertThat(config.withShard(TWO).withoutShard("eu-1").shards()).containsExactly(TWO);
        assertThat(config.withoutShard("eu-9")).isEqualTo(config);
        assertThatThrownBy(() -> config.withoutShard("eu-1"))
                .hasMessageContaining("shards is missing or empty: at least one shard is required.");
    }

    @Test
    void the_builder_reports_all_that_is_wrong_with_the_cluster() {
        RingshardConfig.Builder builder = RingshardConfig.builder("my bank")
                .shard(ONE.withWeight(0))
                .shard(ShardConfig.of("eu-1", "jdbc:h2:file:./1;MODE=PostgreSQL", "sa", "")
                        .withWeight(0))
                .routingTimeout(Duration.ofMinutes(11));

        assertThat(failure(builder::build).problems())
                .containsExactly(
                        "cluster is 'my bank': 1 to 63 letters, digits, '_', '.' and '-' are allowed, the first a"
                                + " letter or digit.",
                        "routing-timeout is 11m: 1ms to 10m is allowed.",
                        "shards[1].name is 'eu-1', as is shards[0].name: each shard needs a name of its own.",
                        "shards[1].url leads to the same database as shards[0]: shards 'eu-1' and 'eu-1' need a database"
                                + " each.",
                        "shards have a weight of 0 each: at least one needs a weight above 0.");
    }

    @Test
    void a_shard_reports_all_that_is_wrong_with_it() {
        assertThat(failure(() -> ShardConfig.of("eu 1", "jdbc:oracle:thin:scott/tiger@db", "", "")))
                .hasMessage("""
                        shard 'eu 1': 2 problems. Nothing was opened or written.
                          - name is 'eu 1': 1 to 63 letters, digits, '_', '.' and '-' are allowed, the first a letter or digit.
                          - url begins with 'jdbc:oracle:': a JDBC URL that begins with jdbc:postgresql: or jdbc:h2: is allowed.""".replace("\n", System.lineSeparator()));
    }

    @Test
    void a_pool_reports_all_that_is_wrong_with_it() {
        assertThat(failure(() -> new PoolConfig(0, Duration.ZERO, Duration.ofSeconds(5), Duration.ofMillis(1500)))
                        .problems())
                .containsExactly(
                        "size is 0: a whole number from 2 to 1000 is allowed.",
                        "connection-timeout is 0s: 250ms to 10m is allowed.",
                        "socket-timeout is 1500ms: whole seconds are allowed.",
                        "socket-timeout is 1500ms, no longer than lock-timeout (5s): a wait for a lock would look like a"
                                + " lost connection.");
    }

    @Test
    void weights_that_are_no_share_are_refused() {
        for (double weight : new double[] {-0.1, Double.NaN, Double.POSITIVE_INFINITY, 10_001}) {
            assertThat(failure(() -> ONE.withWeight(weight)).problems())
                    .containsExactly(
                            "weight is %s: a number from 0 (drains the shard) to 10000 is allowed.".formatted(weight));
        }
    }

    @Test
    void pins_name_shards_that_there_are() {
        RingshardConfig config = RingshardConfig.parse("""
                cluster: bank
                shards: [ { name: eu-1, url: "jdbc:h2:file:./pins-1" }, { name: eu-2, url: "jdbc:h2:file:./pins-2" } ]
                pins: { tenant-42: eu-2, "42": eu-1 }
                """, Map.of());
        assertThat(config.ring().pins().shards()).isEqualTo(Map.of("tenant-42", "eu-2", "42", "eu-1"));

        assertThat(failure(() -> RingshardConfig.parse("""
                        cluster: bank
                        shards: [ { name: eu-1, url: "jdbc:h2:file:./pins-1" } ]
                        pins: { tenant-42: eu-2 }
                        """, Map.of())).problems())
                .containsExactly("pins.tenant-42 (line 3) is 'eu-2', and there is no such shard: name one of eu-1.");
        assertThat(failure(() -> config.withoutShard("eu-2")).problems())
                .containsExactly("pins.tenant-42 is 'eu-2', and there is no such shard: name one of eu-1.");
    }

    @Test
    void a_ring_without_virtual_nodes_is_refused() {
        assertThat(failure(() -> RingConfig.DEFAULT.withVirtualNodes(0)))
                .hasMessageStartingWith("ring: 1 problem.")
                .hasMessageEndingWith("virtual-nodes is 0: a whole number from 1 to 100000 is allowed.");
    }

    @Test
    void a_shard_with_more_virtual_nodes_than_a_ring_can_hold_is_refused() {
        assertThat(failure(() -> RingshardConfig.builder("bank")
                                .shard(ONE.withWeight(781.25))
                                .shard(TWO.withWeight(782))
                                .build())
                        .problems())
                .containsExactly("shards[1].weight is 782.0, which by ring.virtual-nodes (128) makes 100096 virtual"
                        + " nodes: 100000 are allowed for a shard.");
    }

    @Test
    void the_members_of_a_configuration_make_a_ring() {
        RingshardConfig config = RingshardConfig.builder("bank")
                .shard(ONE)
                .shard(TWO.withWeight(0))
                .build();

        assertThat(RingStrategies.named("vnodes")
                        .target(
                                TokenMap.of(List.of()),
                                config.ring().hash(),
                                config.ring().virtualNodes(),
                                config.members())
                        .toString())
                .contains("eu-1")
                .doesNotContain("eu-2");
    }

    @Test
    void data_sources_of_the_application_can_be_shards_but_not_two_shards() {
        JdbcDataSource dataSource = new JdbcDataSource();
        ShardConfig h2 = ShardConfig.h2("eu-1", dataSource);

        assertThat(h2.kind()).isEqualTo(DatabaseKind.H2);
        assertThat(h2.source()).isEqualTo(new DatabaseSource.Existing(dataSource, DatabaseKind.H2));
        assertThat(ShardConfig.postgresql("eu-2", dataSource).kind()).isEqualTo(DatabaseKind.POSTGRESQL);
        assertThat(failure(() -> RingshardConfig.builder("bank")
                                .shard(h2)
                                .shard(ShardConfig.h2("eu-2", dataSource))
                                .build())
                        .problems())
                .containsExactly("shards[1].data source leads to the same database as shards[0]: shards 'eu-1' and"
                        + " 'eu-2' need a database each.");
    }

    private static ConfigurationException failure(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return catchThrowableOfType(ConfigurationException.class, call);
    }
}
