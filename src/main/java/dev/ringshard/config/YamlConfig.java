package dev.ringshard.config;

import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.internal.artifacts.OptionalArtifact;
import dev.ringshard.ring.KeyHashes;
import dev.ringshard.ring.Pins;
import dev.ringshard.ring.RingStrategies;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads a configuration from YAML. It reads on after a problem, with a default in the place of what it could not use,
 * so that all problems are found in one go; values are made only if there were none.
 */
final class YamlConfig {
    private final ProblemList problems = new ProblemList();
    private final EnvironmentVariables environment;

    private YamlConfig(EnvironmentVariables environment) {
        this.environment = environment;
    }

    static RingshardConfig read(String where, String yaml, Map<String, String> environment) {
        OptionalArtifact.require(List.of(OptionalArtifact.YAML));
        return new YamlConfig(new EnvironmentVariables(environment)).readText(where, yaml);
    }

    static RingshardConfig read(String prefix, Map<String, ?> values) {
        YamlConfig reader = new YamlConfig(EnvironmentVariables.NONE_IN_VALUES);
        return reader.read(prefix, reader.section(prefix, YamlNode.mapping(values)));
    }

    private RingshardConfig readText(String where, String yaml) {
        Optional<Section> document = YamlDocument.read(yaml, problems).flatMap(this::root);
        if (document.isEmpty()) {
            problems.throwIfAny(where);
        }
        return read(where, document.orElseThrow());
    }

    private RingshardConfig read(String where, Section root) {
        root.allow(
                "cluster",
                "ring",
                "routing-timeout",
                "purge-after",
                "pool",
                "shards",
                "tables",
                "bank",
                "outbox",
                "pins");
        Optional<String> cluster = root.required("cluster", "a name for the cluster, such as 'shop',");
        cluster.ifPresent(name -> root.requireName("cluster", name));
        Duration routingTimeout = root.duration("routing-timeout", RingshardConfig.DEFAULT_ROUTING_TIMEOUT);
        RingshardConfig.checkRoutingTimeout(root, routingTimeout);
        Optional<Duration> purgeAfter = root.duration("purge-after");
        RingshardConfig.checkPurgeAfter(root, purgeAfter);
        RingConfig unpinned = ring(root.section("ring"));
        List<ShardConfig> shards = shards(root, unpinned.virtualNodes());
        RingConfig ring = unpinned.withPins(pins(root.section("pins"), shards));
        TablesConfig tables = tables(root.section("tables"));
        BankConfig bank = bank(root);
        boolean hasOutbox =
                root.value("outbox", "true or false", YamlConfig::onOrOff).orElse(bank.isOn());
        if (problems.size() == 0) {
            RingshardConfig.checkTables(problems, ring, tables, bank);
        }

        problems.throwIfAny(where);
        return new RingshardConfig(
                cluster.orElseThrow(), ring, shards, routingTimeout, purgeAfter, tables, bank, hasOutbox);
    }

    /** Empty if the document has no keys, which the problems then say. */
    private Optional<Section> root(YamlNode document) {
        if (document instanceof YamlNode.Mapping mapping) {
            return Optional.of(section("", mapping));
        }
        problems.addSentence(
                document.line(),
                "The document is %s: a mapping with at least 'cluster' and 'shards' is required."
                        .formatted(document.called()));
        return Optional.empty();
    }

    private Section section(String path, YamlNode.Mapping mapping) {
        return new Section(path, mapping, environment, problems);
    }

    private RingConfig ring(Section section) {
        section.allow("hash", "virtual-nodes", "strategy");
        int virtualNodes = section.wholeNumber("virtual-nodes", RingConfig.DEFAULT.virtualNodes());
        int before = problems.size();
        RingConfig.check(section, virtualNodes);
        RingConfig defaults =
                problems.size() == before ? RingConfig.DEFAULT.withVirtualNodes(virtualNodes) : RingConfig.DEFAULT;
        return defaults.withHash(named(section, "hash", KeyHashes::named).orElse(defaults.hash()))
                .withStrategy(named(section, "strategy", RingStrategies::named).orElse(defaults.strategy()));
    }

    /** Which shards there are is known only if nothing is wrong with them. */
    private Pins pins(Section section, List<ShardConfig> shards) {
        Map<String, String> byKey = new LinkedHashMap<>();
        section.keys().forEach(key -> section.text(key).ifPresent(shard -> byKey.put(key, shard)));
        Pins pins = new Pins(byKey);
        if (problems.size() == 0) {
            RingshardConfig.checkPins(section, "", pins, shards);
        }
        return problems.size() == 0 ? pins : Pins.NONE;
    }

    private static <T> Optional<T> named(Section section, String key, Function<String, T> lookUp) {
        return section.text(key).flatMap(name -> {
            try {
                return Optional.of(lookUp.apply(name));
            } catch (InvalidInputException e) {
                section.add(key, "cannot be used: " + e.getMessage());
                return Optional.empty();
            }
        });
    }

    private List<ShardConfig> shards(Section root, int virtualNodes) {
        PoolConfig pool = pool(root.section("pool"), PoolConfig.DEFAULT);
        List<ShardDraft> drafts = new ArrayList<>();
        List<ShardConfig> shards = new ArrayList<>();
        int before = problems.size();
        List<Section> sections = root.sections("shards");
        boolean isList = problems.size() == before;
        for (Section section : sections) {
            new ShardReader(section, pool(section.section("pool"), pool), problems).read(drafts, shards);
        }
        if (isList || !drafts.isEmpty()) {
            ShardDraft.check(root, drafts, virtualNodes);
        }
        return shards;
    }

    /** Pools override key by key; the rules are applied to the outcome, where there is something to override. */
    private PoolConfig pool(Section section, PoolConfig defaults) {
        section.allow("size", "connection-timeout", "lock-timeout", "socket-timeout", "leak-detection");
        int before = problems.size();
        int size = section.wholeNumber("size", defaults.size());
        Duration connection = section.duration("connection-timeout", defaults.connectionTimeout());
        Duration lock = section.duration("lock-timeout", defaults.lockTimeout());
        Duration socket = section.duration("socket-timeout", defaults.socketTimeout());
        Duration leaks = section.duration("leak-detection", defaults.leakDetection());
        PoolConfig.check(section, size, connection, lock, socket, leaks);
        return problems.size() == before ? new PoolConfig(size, connection, lock, socket, leaks) : defaults;
    }

    private TablesConfig tables(Section section) {
        section.allow("sharded", "reference", "migrations", "history-table");
        int before = problems.size();
        List<ShardedTable> sharded = new ArrayList<>();
        Map<String, String> nameByKey = new LinkedHashMap<>();
        Section items = section.items("sharded");
        for (String item : items.keys()) {
            Section table = items.section(item);
            if (items.isMapping(item)) {
                shardedTable(table).ifPresent(sharded::add);
                table.text("name").map(name -> name.toLowerCase(Locale.ROOT)).ifPresent(name -> {
                    String earlier = nameByKey.putIfAbsent(name, item);
                    if (earlier != null) {
                        table.add(
                                "name",
                                "is %s, as is that of %s: give it once.".formatted(Excerpt.value(name), earlier));
                    }
                });
            }
        }
        List<String> reference = referenceTables(section, nameByKey);
        Section migrations = section.items("migrations");
        Map<String, String> locationByKey = migrations.texts("a location such as filesystem:db/migration");
        TablesConfig.checkMigrations(migrations, locationByKey);
        String history = section.text("history-table").orElse(TablesConfig.DEFAULT_HISTORY_TABLE);
        ShardedTable.checkColumn(section, "history-table", history);
        return problems.size() == before
                ? new TablesConfig(sharded, reference, List.copyOf(locationByKey.values()), history)
                : TablesConfig.NONE;
    }

    /** @param keyByName of the sharded tables */
    private static List<String> referenceTables(Section section, Map<String, String> keyByName) {
        Section items = section.items("reference");
        Map<String, String> names = items.texts("the name of a table");
        names.forEach((item, name) -> {
            ShardedTable.check(items, item, name);
            String earlier = keyByName.putIfAbsent(name.toLowerCase(Locale.ROOT), item);
            if (earlier != null) {
                items.add(item, "is %s, as is that of %s: give it once.".formatted(Excerpt.value(name), earlier));
            }
        });
        return List.copyOf(names.values());
    }

    private Optional<ShardedTable> shardedTable(Section table) {
        int before = problems.size();
        table.allow("name", "key", "token");
        Optional<String> name = table.required("name", "the name of a table");
        name.ifPresent(text -> ShardedTable.check(table, "name", text));
        Optional<String> key = table.text("key");
        key.ifPresent(column -> ShardedTable.checkColumn(table, "key", column));
        Optional<String> token = table.text("token");
        token.ifPresent(column -> ShardedTable.checkColumn(table, "token", column));
        if (!table.has("key") && !table.has("token")) {
            table.add("key", "is missing, and so is token: the column that holds the key, or its token, is required.");
        }
        return problems.size() == before ? name.map(text -> new ShardedTable(text, key, token)) : Optional.empty();
    }

    /** {@code true}, {@code false}, or a mapping with the schema. */
    private BankConfig bank(Section root) {
        if (root.isMapping("bank")) {
            Section section = root.section("bank");
            int before = problems.size();
            section.allow("schema");
            Optional<String> schema = section.text("schema");
            schema.ifPresent(name -> ShardedTable.checkColumn(section, "schema", name));
            return problems.size() == before ? new BankConfig(true, schema) : BankConfig.ON;
        }
        return root.value("bank", "true, false or { schema: … }", YamlConfig::onOrOff)
                        .orElse(true)
                ? BankConfig.ON
                : BankConfig.OFF;
    }

    private static boolean onOrOff(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(text);
        };
    }
}
