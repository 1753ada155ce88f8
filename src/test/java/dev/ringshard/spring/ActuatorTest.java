package dev.ringshard.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.metrics.RingshardMetrics;
import dev.ringshard.rebalance.RebalanceWatch;
import dev.ringshard.rebalance.WatchSettings;
import dev.ringshard.status.ClusterStatus;
import dev.ringshard.status.ClusterStatus.ShardStatus;
import dev.ringshard.status.ClusterStatus.State;
import dev.ringshard.status.Leftovers;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Health, meters and the endpoint of an application. */
class ActuatorTest {
    private static final String DOMAIN = "endpoint-" + UUID.randomUUID();

    @SuppressWarnings("NullAway.Init")
    private static SpringShop app;

    @BeforeAll
    static void start() {
        app = SpringShop.start(
                WithRegistry.class,
                Stream.concat(
                                Stream.of(ShopApplication.properties(DatabaseKind.H2, 2)),
                                Stream.of(
                                        "spring.jmx.enabled=true",
                                        "management.endpoints.jmx.domain=" + DOMAIN,
                                        "management.endpoints.jmx.exposure.include=ringshard"))
                        .toArray(String[]::new));
    }

    @AfterAll
    static void close() {
        app.close();
    }

    @Test
    void health_tells_of_each_shard() throws Exception {
        ShardHealth health = ShardHealth.of(app.ringshard().status());
        assertThat(health.code()).isEqualTo("UP");
        assertThat(health.details())
                .containsExactly(entry("cluster", "shop"), entry("eu-1", "up"), entry("eu-2", "up"));
        assertThat(healthOfBoot()).contains("UP").contains("eu-2");
    }

    @Test
    void a_shard_that_is_down_degrades_the_cluster_and_only_all_of_them_take_it_down() {
        assertThat(ShardHealth.of(status(shard("eu-1", State.UP), shard("eu-2", State.DOWN))))
                .isEqualTo(new ShardHealth(
                        "DEGRADED", Map.of("cluster", "shop", "eu-1", "up", "eu-2", "down: it does not answer")));
        assertThat(ShardHealth.of(status(shard("eu-1", State.UP), shard("eu-2", State.NEW)))
                        .code())
                .isEqualTo("DEGRADED");
        assertThat(ShardHealth.of(status(shard("eu-1", State.DOWN), shard("eu-2", State.DOWN)))
                        .code())
                .isEqualTo("DOWN");
    }

    private static ClusterStatus status(ShardStatus... shards) {
        return new ClusterStatus(
                "shop",
                List.of(shards),
                OptionalDouble.empty(),
                Optional.empty(),
                false,
                List.of(),
                List.of(),
                List.of());
    }

    private static ShardStatus shard(String name, State state) {
        return new ShardStatus(
                name,
                state,
                state == State.DOWN ? Optional.of("it does not answer") : Optional.empty(),
                0.5,
                0.5,
                OptionalLong.empty(),
                List.of(),
                new Leftovers(0, 0, 0),
                Optional.empty(),
                Optional.empty());
    }

    /** By its text, as its type has another name in Boot 4. */
    private static String healthOfBoot() throws ReflectiveOperationException {
        Object indicator = app.context().getBean("ringshardHealthIndicator");
        return String.valueOf(
                indicator.getClass().getInterfaces()[0].getMethod("health").invoke(indicator));
    }

    @Test
    @Tag("ci")
    void health_is_left_out_where_the_application_says_so() {
        try (SpringShop silent = SpringShop.start(DatabaseKind.H2, 1, "management.health.ringshard.enabled=false")) {
            assertThat(silent.context().containsBean("ringshardHealthIndicator"))
                    .isFalse();
        }
    }

    @Test
    void meters_count_what_the_application_does() {
        MeterRegistry registry = app.bean(MeterRegistry.class);
        assertThat(app.context().getBeansOfType(RingshardMetrics.class)).hasSize(1);
        assertThat(registry.get("ringshard.pool.max")
                        .tag("shard", "eu-2")
                        .gauge()
                        .value())
                .isEqualTo(4);
    }

    /** By JMX, as this needs no web server. */
    @Test
    @SuppressWarnings("unchecked")
    void the_endpoint_tells_how_the_cluster_is() throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        Set<ObjectName> names = server.queryNames(new ObjectName(DOMAIN + ":*"), null);
        assertThat(names).hasSize(1);
        ObjectName endpoint = names.iterator().next();

        Map<String, Object> status =
                (Map<String, Object>) server.invoke(endpoint, "status", new Object[0], new String[0]);

        assertThat(status).containsEntry("cluster", "shop").containsEntry("settled", true);
        assertThat((List<Map<String, Object>>) status.get("shards"))
                .extracting(shard -> shard.get("name") + " " + shard.get("state"))
                .containsExactly("eu-1 up", "eu-2 up");
        assertThat((List<?>) status.get("watches")).isEmpty();
        try (RebalanceWatch watch = app.ringshard().rebalancer().watch(WatchSettings.DEFAULT)) {
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> String.valueOf(server.invoke(endpoint, "status", new Object[0], new String[0]))
                            .contains("decision=even"));
            assertThat(watch.isDone()).isFalse();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @Import(ShopApplication.class)
    static class WithRegistry {
        @Bean
        MeterRegistry registry() {
            return new SimpleMeterRegistry();
        }
    }
}
