package dev.ringshard.spring;

import dev.ringshard.config.RingshardConfig;
import dev.ringshard.failure.ConfigurationException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.ConstructorBinding;
import org.springframework.core.env.Environment;
import org.springframework.core.io.Resource;
import org.springframework.core.io.ResourceLoader;

/**
 * The properties {@code ringshard.*}: the words of the configuration in YAML, as texts that its rules look at, so that all that is
 * wrong is reported at once; and what only an application of Spring's has.
 *
 * @param config where a configuration in YAML stands, instead of the words here
 * @param init whether to found the cluster, or to run what migrations are new, before it is opened
 */
@ConfigurationProperties(prefix = RingshardProperties.PREFIX, ignoreUnknownFields = false)
record RingshardProperties(
        @Nullable String config,
        @Nullable String cluster,
        @Nullable Bank bank,
        @Nullable String outbox,
        @Nullable Tables tables,
        @Nullable Ring ring,
        @Nullable String routingTimeout,
        @Nullable String purgeAfter,
        @Nullable Pool pool,
        @Nullable List<Shard> shards,
        boolean init,
        @Nullable BootFlyway flyway,
        @Nullable Web web) {
    static final String PREFIX = "ringshard";

    /** Of the built-in bank: a schema, or {@code true} or {@code false} alone. */
    record Bank(@Nullable String schema, @Nullable String isOn) {
        @ConstructorBinding
        Bank(@Nullable String schema) {
            this(schema, null);
        }

        /** By which Spring reads a value where it expects keys. */
        public static Bank valueOf(String isOn) {
            return new Bank(null, isOn);
        }

        /** The same, where YAML has read it already. */
        public static Bank valueOf(Boolean isOn) {
            return valueOf(isOn.toString());
        }

        private Object value() {
            return isOn != null ? isOn : new Values().with("schema", schema).map();
        }
    }

    record Tables(
            @Nullable List<Table> sharded,
            @Nullable List<String> reference,
            @Nullable List<String> migrations,
            @Nullable String historyTable) {
        private Map<String, Object> value() {
            return new Values()
                    .with(
                            "sharded",
                            sharded == null
                                    ? null
                                    : sharded.stream().map(Table::value).toList())
                    .with("reference", reference)
                    .with("migrations", migrations)
                    .with("history-table", historyTable)
                    .map();
        }
    }

    record Table(
            @Nullable String name,
            @Nullable String key,
            @Nullable String token) {
        private Map<String, Object> value() {
            return new Values()
                    .with("name", name)
                    .with("key", key)
                    .with("token", token)
                    .map();
        }
    }

    record Ring(
            @Nullable String hash,
            @Nullable String strategy,
            @Nullable String virtualNodes) {
        private Map<String, Object> value() {
            return new Values()
                    .with("hash", hash)
                    .with("strategy", strategy)
                    .with("virtual-nodes", virtualNodes)
                    .map();
        }
    }

    record Pool(
            @Nullable String size,
            @Nullable String connectionTimeout,
            @Nullable String lockTimeout,
            @Nullable String socketTimeout,
            @Nullable String leakDetection) {
        private Map<String, Object> value() {
            return new Values()
                    .with("size", size)
                    .with("connection-timeout", connectionTimeout)
                    .with("lock-timeout", lockTimeout)
                    .with("socket-timeout", socketTimeout)
                    .with("leak-detection", leakDetection)
                    .map();
        }
    }

    record Shard(
            @Nullable String name,
            @Nullable String url,
            @Nullable String user,
            @Nullable String password,
            @Nullable String weight,
            @Nullable Pool pool) {
        private Map<String, Object> value() {
            return new Values()
                    .with("name", name)
                    .with("url", url)
                    .with("user", user)
                    .with("password", password)
                    .with("weight", weight)
                    .with("pool", pool == null ? null : pool.value())
                    .map();
        }

        /** Shows no password. */
        @Override
        public String toString() {
            return "shard " + name;
        }
    }

    /**
     * What becomes of Boot's Flyway.
     *
     * @param onEveryShard whether its locations and its history are those of the cluster's tables
     */
    record BootFlyway(boolean onEveryShard) {}

    /**
     * Where requests have their key; one of them.
     *
     * @param header a header's name
     * @param path a pattern of paths with the variable {@code {key}}
     * @param principal whether it is the name of who is logged in
     */
    record Web(@Nullable String header, @Nullable String path, boolean principal) {}

    /** A configuration's values by their keys, without those that are not given. */
    private static final class Values {
        private final Map<String, Object> map = new LinkedHashMap<>();

        private Values with(String key, @Nullable Object value) {
            if (value != null) {
                map.put(key, value);
            }
            return this;
        }

        private Map<String, Object> map() {
            return map;
        }
    }

    /** As an environment has them; nothing is in them if it has none. */
    static RingshardProperties of(Environment environment) {
        return Binder.get(environment).bindOrCreate(PREFIX, RingshardProperties.class);
    }

    /** Whether they say which cluster it is. */
    boolean nameCluster() {
        return hasConfigFile() || !words().isEmpty();
    }

    private boolean hasConfigFile() {
        return config != null && !config.isBlank();
    }

    /** What there is of the words of YAML. */
    private Map<String, Object> words() {
        return new Values()
                .with("cluster", cluster)
                .with("bank", bank == null ? null : bank.value())
                .with("outbox", outbox)
                .with("tables", tables == null ? null : tables.value())
                .with("ring", ring == null ? null : ring.value())
                .with("routing-timeout", routingTimeout)
                .with("purge-after", purgeAfter)
                .with("pool", pool == null ? null : pool.value())
                .with(
                        "shards",
                        shards == null
                                ? null
                                : shards.stream().map(Shard::value).toList())
                .map();
    }

    /**
     * The configuration that they make.
     *
     * @throws ConfigurationException with all that is wrong
     */
    RingshardConfig configuration(ResourceLoader resources, Environment environment) {
        if (config != null && hasConfigFile()) {
            if (!words().isEmpty()) {
                throw problem("ringshard.config is given, and so is %s: give one or the other."
                        .formatted(String.join(
                                ", ",
                                words().keySet().stream()
                                        .map(key -> PREFIX + "." + key)
                                        .toList())));
            }
            return RingshardConfig.parse(text(config, resources), System.getenv());
        }
        return RingshardConfig.of(PREFIX, withMigrationsOfBoot(words(), environment));
    }

    private Map<String, Object> withMigrationsOfBoot(Map<String, Object> words, Environment environment) {
        if (flyway == null || !flyway.onEveryShard()) {
            return words;
        }
        if (tables == null) {
            throw problem(
                    "ringshard.flyway.on-every-shard is given, and no ringshard.tables: name the sharded tables.");
        }
        if (tables.migrations() != null || tables.historyTable() != null) {
            throw problem(
                    "ringshard.flyway.on-every-shard is given, and so are ringshard.tables.migrations or history-table: give one or the other.");
        }
        Binder binder = Binder.get(environment);
        List<String> locations = binder.bind("spring.flyway.locations", String[].class)
                .map(List::of)
                .orElseGet(() -> List.of("classpath:db/migration"));
        String history = binder.bind("spring.flyway.table", String.class).orElse(null);
        words.put("tables", new Tables(tables.sharded(), tables.reference(), locations, history).value());
        return words;
    }

    private static String text(String location, ResourceLoader resources) {
        Resource resource = resources.getResource(location);
        try {
            return resource.getContentAsString(StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw problem(
                    "ringshard.config is '%s', which cannot be read (%s): name a file (file:…) or a resource (classpath:…)."
                            .formatted(location, unreadable));
        }
    }

    private static ConfigurationException problem(String sentence) {
        return new ConfigurationException("application properties", List.of(sentence));
    }
}
