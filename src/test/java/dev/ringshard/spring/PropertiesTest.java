package dev.ringshard.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.failure.ConfigurationException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.DefaultResourceLoader;

/** The properties {@code ringshard.*} say what the configuration in YAML says. */
class PropertiesTest {
    private static final String YAML = """
            cluster: shop
            bank: { schema: bank }
            outbox: true
            ring: { hash: murmur3, strategy: vnodes, virtual-nodes: 64 }
            routing-timeout: 3s
            purge-after: 10m
            pool: { size: 20, connection-timeout: 2s, lock-timeout: 1s, socket-timeout: 30s, leak-detection: 5s }
            tables:
              sharded:
                - { name: tenants, key: id, token: place }
                - { name: notes, token: ring_token }
              reference: [ currencies, countries ]
              migrations: [ "classpath:shop", "filesystem:db/{vendor}" ]
              history-table: shop_history
            shards:
              - { name: eu-1, url: "jdbc:postgresql://one/shop", user: shop, password: "pa$${ss", weight: 2, pool: { size: 5 } }
              - { name: eu-2, url: "jdbc:h2:mem:two;DB_CLOSE_DELAY=-1" }
            """;

    @Test
    void the_same_words_make_the_same_configuration() {
        assertThat(configuration(
                        "cluster=shop",
                        "bank.schema=bank",
                        "outbox=true",
                        "ring.hash=murmur3",
                        "ring.strategy=vnodes",
                        "ring.virtual-nodes=64",
                        "routing-timeout=3s",
                        "purge-after=10m",
                        "pool.size=20",
                        "pool.connection-timeout=2s",
                        "pool.lock-timeout=1s",
                        "pool.socket-timeout=30s",
                        "pool.leak-detection=5s",
                        "tables.sharded[0].name=tenants",
                        "tables.sharded[0].key=id",
                        "tables.sharded[0].token=place",
                        "tables.sharded[1].name=notes",
                        "tables.sharded[1].token=ring_token",
                        "tables.reference[0]=currencies",
                        "tables.reference[1]=countries",
                        "tables.migrations[0]=classpath:shop",
                        "tables.migrations[1]=filesystem:db/{vendor}",
                        "tables.history-table=shop_history",
                        "shards[0].name=eu-1",
                        "shards[0].url=jdbc:postgresql://one/shop",
                        "shards[0].user=shop",
                        "shards[0].password=pa${ss",
                        "shards[0].weight=2",
                        "shards[0].pool.size=5",
                        "shards[1].name=eu-2",
                        "shards[1].url=jdbc:h2:mem:two;DB_CLOSE_DELAY=-1"))
                .isEqualTo(RingshardConfig.parse(YAML, Map.of()));
    }

    @Test
    void the_bank_is_on_or_off_in_one_word() {
        assertThat(configuration(
                                "cluster=bank",
                                "bank=true",
                                "shards[0].name=eu-1",
                                "shards[0].url=jdbc:h2:mem:x;DB_CLOSE_DELAY=-1")
                        .bank()
                        .isOn())
                .isTrue();
        assertThatThrownBy(() ->
                        configuration("cluster=bank", "bank=perhaps", "shards[0].url=jdbc:h2:mem:x;DB_CLOSE_DELAY=-1"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("ringshard.bank is 'perhaps'");
    }

    @Test
    void environment_variables_are_properties_as_everywhere_in_boot() {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .addFirst(new SystemEnvironmentPropertySource(
                        "of-the-test-" + StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        Map.of(
                                "RINGSHARD_CLUSTER", "bank",
                                "RINGSHARD_ROUTINGTIMEOUT", "7s",
                                "RINGSHARD_SHARDS_0_NAME", "eu-1",
                                "RINGSHARD_SHARDS_0_URL", "jdbc:h2:mem:x;DB_CLOSE_DELAY=-1",
                                "RINGSHARD_SHARDS_0_POOL_CONNECTIONTIMEOUT", "9s")));

        RingshardConfig config = configuration(environment);

        assertThat(config.routingTimeout()).hasSeconds(7);
        assertThat(config.shards().get(0).pool().connectionTimeout()).hasSeconds(9);
    }

    @Test
    void all_that_is_wrong_is_said_at_once_and_without_passwords() {
        assertThatThrownBy(() -> configuration(
                        "cluster=sh op",
                        "bank=false",
                        "routing-timeout=soon",
                        "pool.size=1",
                        "shards[0].name=eu-1",
                        "shards[0].password=secret",
                        "shards[1].name=eu-1",
                        "shards[1].url=jdbc:oracle:thin"))
                .isInstanceOfSatisfying(ConfigurationException.class, problems -> assertThat(problems.problems())
                        .anyMatch(problem -> problem.startsWith("ringshard.cluster is 'sh op'"))
                        .anyMatch(problem -> problem.startsWith("ringshard.routing-timeout is 'soon'"))
                        .anyMatch(problem -> problem.startsWith("ringshard.pool.size is 1"))
                        .anyMatch(problem -> problem.startsWith("ringshard.shards[0].url is missing"))
                        .anyMatch(problem -> problem.startsWith("ringshard.shards[1].url"))
                        .anyMatch(problem -> problem.startsWith("ringshard.shards[1].name is 'eu-1'"))
                        .noneMatch(problem -> problem.contains("secret")));
    }

    @Test
    void no_text_form_shows_a_password() {
        assertThat(RingshardProperties.of(environment("cluster=shop", "shards[0].password=secret"))
                        .toString())
                .contains("shop")
                .doesNotContain("secret");
    }

    @Test
    void flyway_on_every_shard_needs_tables_and_no_migrations_beside_it() {
        assertThatThrownBy(() -> configuration("cluster=shop", "flyway.on-every-shard=true"))
                .hasMessageContaining("no ringshard.tables");
        assertThatThrownBy(() ->
                        configuration("cluster=shop", "flyway.on-every-shard=true", "tables.migrations=classpath:shop"))
                .hasMessageContaining("give one or the other");
    }

    /** As Spring Boot fails when it starts, with the name of the property. */
    @Test
    void an_unknown_property_is_a_failure() {
        assertThatThrownBy(() -> SpringShop.start(
                        "ringshard.cluster=bank", "ringshard.shard[0].url=jdbc:h2:mem:x;DB_CLOSE_DELAY=-1"))
                .hasStackTraceContaining("ringshard.shard[0].url")
                .hasStackTraceContaining("left unbound");
    }

    @Test
    void what_editors_complete_is_what_is_bound() throws Exception {
        JsonNode metadata = new ObjectMapper()
                .readTree(Path.of("src/main/resources/META-INF/spring-configuration-metadata.json")
                        .toFile());
        Map<String, JsonNode> documented = StreamSupport.stream(
                        metadata.get("properties").spliterator(), false)
                .filter(property -> property.get("name").asText().startsWith("ringshard."))
                .collect(Collectors.toMap(property -> property.get("name").asText(), property -> property));
        Set<String> bound = new TreeSet<>();
        properties("ringshard.", RingshardProperties.class, bound);
        bound.add("ringshard.bank");

        assertThat(documented.keySet()).hasSizeGreaterThan(15).isEqualTo(bound);
        assertThat(documented.values()).allSatisfy(property -> {
            assertThat(property.get("description").asText()).endsWith(".");
            String type = property.get("type").asText();
            for (String name : List.of(type.replaceFirst("<.*", ""), type.replaceFirst(".*<(.*)>", "$1"))) {
                assertThat(Class.forName(name)).isNotNull();
            }
        });
    }

    /** Of what the properties are made, by the names that Boot gives them; of lists the list alone. */
    private static void properties(String prefix, Class<?> type, Set<String> names) {
        for (RecordComponent component : type.getRecordComponents()) {
            String name =
                    prefix + component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(java.util.Locale.ROOT);
            if (component.getType().isRecord()) {
                properties(name + ".", component.getType(), names);
            } else if (!name.equals("ringshard.bank.is-on")) {
                names.add(name);
            }
        }
    }

    private static RingshardConfig configuration(String... properties) {
        return configuration(environment(properties));
    }

    private static StandardEnvironment environment(String... properties) {
        Map<String, Object> values = new LinkedHashMap<>();
        Stream.of(properties)
                .map(property -> property.split("=", 2))
                .forEach(property -> values.put("ringshard." + property[0], property[1]));
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("of the test", values));
        return environment;
    }

    private static RingshardConfig configuration(StandardEnvironment environment) {
        return RingshardProperties.of(environment).configuration(new DefaultResourceLoader(), environment);
    }
}
