package dev.ringshard.config;

import dev.ringshard.failure.ConfigurationException;
import dev.ringshard.ring.KeyHashes;
import dev.ringshard.ring.Member;
import dev.ringshard.ring.Pins;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a cluster is configured to be. Immutable; no text form shows a password.
 *
 * <p>It says what is wanted. What is so, each shard knows: a new shard in it joins with the next rebalance, a shard of
 * weight 0 drains, and a shard may be left out once it owns nothing any more.
 *
 * @param cluster the cluster's name, which each of its databases remembers; the same letters as in a shard's name
 * @param ring how the ring is computed
 * @param shards in the order of the configuration; at least one, one of them with a weight above 0, no two with the
 *     same name or in the same database, and none with more than {@link dev.ringshard.ring.RingStrategy#MOST_VIRTUAL_NODES}
 *     virtual nodes
 * @param routingTimeout how long a router looks for the owner of a key that is being moved, from 1 ms to 10 minutes;
 *     default 5 s
 * @param purgeAfter how long rows that have left a shard stay there hidden, before they are deleted, up to 30 days; empty for
 *     the default: at once, or {@link #PURGE_AFTER_WITH_STANDBY} where their new shard has a standby that may lag
 * @param tables the application's own tables
 * @param bank the built-in bank; default on
 * @param hasOutbox whether keys can send each other messages, see {@link dev.ringshard.outbox.Outbox}; always with the built-in
 *     bank, whose transfers need it, otherwise off by default
 */
public record RingshardConfig(
        String cluster,
        RingConfig ring,
        List<ShardConfig> shards,
        Duration routingTimeout,
        Optional<Duration> purgeAfter,
        TablesConfig tables,
        BankConfig bank,
        boolean hasOutbox) {
    private static final List<ShardedTable> OUTBOX = List.of(
            ShardedTable.byToken("ringshard.outbox", "token"), ShardedTable.byToken("ringshard.inbox", "token"));

    /** By then a standby that lags has what arrived, and can take over without losing the last copy of it. */
    public static final Duration PURGE_AFTER_WITH_STANDBY = Duration.ofMinutes(10);

    static final Duration DEFAULT_ROUTING_TIMEOUT = Duration.ofSeconds(5);

    /**
     * Checks each value, and the shards against each other.
     *
     * @throws ConfigurationException if any of this does not hold, with all that is wrong
     */
    public RingshardConfig {
        shards = List.copyOf(shards);
        hasOutbox = hasOutbox || bank.isOn();
        ProblemList problems = new ProblemList();
        check(problems, cluster, routingTimeout);
        checkPurgeAfter(problems, purgeAfter);
        List<ShardDraft> drafts = new ArrayList<>();
        for (ShardConfig shard : shards) {
            drafts.add(ShardDraft.of(drafts.size(), problems, shard));
        }
        ShardDraft.check(problems, drafts, ring.virtualNodes());
        checkPins(problems, "pins.", ring.pins(), shards);
        checkTables(problems, ring, tables, bank);
        problems.throwIfAny("cluster " + Excerpt.value(cluster));
    }

    static void check(Problems problems, String cluster, Duration routingTimeout) {
        problems.requireName("cluster", cluster);
        checkRoutingTimeout(problems, routingTimeout);
    }

    /** What tables must be beside each other, the ring, and the bank. */
    static void checkTables(Problems problems, RingConfig ring, TablesConfig tables, BankConfig bank) {
        if (!bank.isOn() && tables.sharded().isEmpty()) {
            problems.add(
                    "tables.sharded",
                    "is missing: without the built-in bank a cluster needs at least one sharded table.");
        }
        List<String> taken = bank.tables().stream().map(ShardedTable::name).toList();
        for (int i = 0; i < tables.reference().size(); i++) {
            String name = tables.reference().get(i);
            if (taken.contains(name) || name.startsWith("ringshard.")) {
                problems.add(
                        "tables.reference[%d]".formatted(i),
                        "is %s, a table of Ringshard's own: leave it out.".formatted(Excerpt.value(name)));
            }
        }
        for (int i = 0; i < tables.sharded().size(); i++) {
            ShardedTable table = tables.sharded().get(i);
            String key = "tables.sharded[%d]".formatted(i);
            if (taken.contains(table.name())) {
                problems.add(
                        key,
                        "is %s, a table of the built-in bank: leave it out, give the bank a schema of its own (bank: { schema: bank }), or turn it off (bank: false)."
                                .formatted(Excerpt.value(table.name())));
            }
            if (table.token().isEmpty() && !ring.hash().equals(KeyHashes.MD5)) {
                problems.add(
                        key,
                        "has no token column, and ring.hash is %s: databases can only compute tokens by md5. Store the token in a column of the table and name it (token: …), or use md5."
                                .formatted(Excerpt.value(ring.hash().name())));
            }
        }
    }

    /** @param path what stands before a key where problems are named */
    static void checkPins(Problems problems, String path, Pins pins, List<ShardConfig> shards) {
        List<String> names = shards.stream().map(ShardConfig::name).toList();
        pins.shards().forEach((key, shard) -> {
            if (!names.contains(shard)) {
                problems.add(
                        path + key,
                        "is %s, and there is no such shard: name one of %s."
                                .formatted(Excerpt.value(shard), String.join(", ", names)));
            }
        });
    }

    static void checkRoutingTimeout(Problems problems, Duration routingTimeout) {
        problems.requireBetween("routing-timeout", routingTimeout, Duration.ofMillis(1), Duration.ofMinutes(10));
    }

    static void checkPurgeAfter(Problems problems, Optional<Duration> purgeAfter) {
        purgeAfter.ifPresent(
                given -> problems.requireBetween("purge-after", given, Duration.ZERO, Duration.ofDays(30)));
    }

    /** Begins a configuration in code, with the defaults of {@link RingConfig} and a routing time-out of 5 s. */
    public static Builder builder(String cluster) {
        return new Builder(cluster);
    }

    /**
     * Reads a YAML file in UTF-8, with the environment variables of this process. Needs
     * {@code jackson-dataformat-yaml} on the class path.
     *
     * @throws ConfigurationException if the file cannot be read or its content cannot be used, with all that is wrong
     *     and where; or if there is nothing to read YAML by
     */
    public static RingshardConfig load(Path file) {
        return ConfigFile.load(file, System.getenv());
    }

    /**
     * Reads YAML. Needs {@code jackson-dataformat-yaml} on the class path.
     *
     * @param environment what {@code ${NAME}} in a value stands for
     * @throws ConfigurationException if the text cannot be used, with all that is wrong and in which lines; or if there is
     *     nothing to read YAML by
     */
    public static RingshardConfig parse(String yaml, Map<String, String> environment) {
        return YamlConfig.read("YAML text", yaml, environment);
    }

    /**
     * Reads a configuration that was parsed before, as by Spring Boot: the keys of a configuration in YAML, whose values are texts, lists, or maps of the same
     * kind. Texts are taken as they are.
     *
     * @param prefix what stands before the keys where they come from, such as {@code ringshard}
     * @throws ConfigurationException if the values cannot be used, with all that is wrong
     */
    public static RingshardConfig of(String prefix, Map<String, ?> values) {
        return YamlConfig.read(prefix, values);
    }

    /** The shard of this name; empty if none has it. */
    public Optional<ShardConfig> shard(String name) {
        return shards.stream().filter(shard -> shard.name().equals(name)).findFirst();
    }

    /** The shards as the ring sees them, in the order of the configuration; also those of weight 0. */
    public List<Member> members() {
        return shards.stream().map(ShardConfig::member).toList();
    }

    /** All sharded tables, the bank's first, the outbox last; a table that others refer to stands before them. */
    public List<ShardedTable> shardedTables() {
        return Stream.of(bank.tables().stream(), tables.sharded().stream(), outboxTables().stream())
                .flatMap(some -> some)
                .toList();
    }

    /** Ringshard's own tables whose rows belong to keys; none without an outbox. */
    public List<ShardedTable> outboxTables() {
        return hasOutbox ? OUTBOX : List.of();
    }

    /** The sharded tables whose rows reports count: all but those of the outbox, and the bank's clearing. */
    public List<ShardedTable> countedTables() {
        return shardedTables().stream()
                .filter(table -> !outboxTables().contains(table) && !table.equals(bank.clearing()))
                .toList();
    }

    /**
     * The same with this shard in the place of the one of its name, or at the end if there is none.
     *
     * @throws ConfigurationException if the shard does not go with the others
     */
    public RingshardConfig withShard(ShardConfig shard) {
        List<ShardConfig> others = new ArrayList<>(shards);
        others.replaceAll(other -> other.name().equals(shard.name()) ? shard : other);
        if (shard(shard.name()).isEmpty()) {
            others.add(shard);
        }
        return new RingshardConfig(cluster, ring, others, routingTimeout, purgeAfter, tables, bank, hasOutbox);
    }

    /**
     * The same without the shard of this name, or the very same if there is none.
     *
     * @throws ConfigurationException if no shard would be left, or none with a weight above 0
     */
    public RingshardConfig withoutShard(String name) {
        List<ShardConfig> others =
                shards.stream().filter(shard -> !shard.name().equals(name)).toList();
        return new RingshardConfig(cluster, ring, others, routingTimeout, purgeAfter, tables, bank, hasOutbox);
    }

    /**
     * The same with other pins.
     *
     * @throws ConfigurationException if one names a shard that there is not
     */
    public RingshardConfig withPins(Pins pins) {
        return withRing(ring.withPins(pins));
    }

    /**
     * The same with another ring.
     *
     * @throws ConfigurationException if it does not go with the shards
     */
    public RingshardConfig withRing(RingConfig other) {
        return new RingshardConfig(cluster, other, shards, routingTimeout, purgeAfter, tables, bank, hasOutbox);
    }

    /** Collects a configuration in code. For one thread; may be used again after {@link #build()}. */
    public static final class Builder {
        private final String cluster;
        private final List<ShardConfig> shards = new ArrayList<>();
        private RingConfig ring = RingConfig.DEFAULT;
        private Duration routingTimeout = DEFAULT_ROUTING_TIMEOUT;
        private Optional<Duration> purgeAfter = Optional.empty();
        private final List<ShardedTable> tables = new ArrayList<>();
        private final List<String> referenceTables = new ArrayList<>();
        private final List<String> migrations = new ArrayList<>();
        private String historyTable = TablesConfig.DEFAULT_HISTORY_TABLE;
        private BankConfig bank = BankConfig.ON;
        private boolean hasOutbox;

        private Builder(String cluster) {
            this.cluster = cluster;
        }

        /** Default: {@link RingConfig#DEFAULT}. */
        public Builder ring(RingConfig value) {
            ring = value;
            return this;
        }

        /** Adds a shard after those added before. */
        public Builder shard(ShardConfig shard) {
            shards.add(shard);
            return this;
        }

        /** Adds shards after those added before. */
        public Builder shards(Collection<ShardConfig> more) {
            shards.addAll(more);
            return this;
        }

        /** From 1 ms to 10 minutes; default 5 s. */
        public Builder routingTimeout(Duration value) {
            routingTimeout = value;
            return this;
        }

        /**
         * How long rows that have left a shard stay there hidden, from 0 to 30 days; default 0, or
         * {@link #PURGE_AFTER_WITH_STANDBY} where their new shard has a standby that may lag.
         */
        public Builder purgeAfter(Duration value) {
            purgeAfter = Optional.of(value);
            return this;
        }

        /** The built-in bank; default {@link BankConfig#ON}. */
        public Builder bank(BankConfig value) {
            bank = value;
            return this;
        }

        /** Lets keys send each other messages, also without the built-in bank; default off. */
        public Builder outbox() {
            hasOutbox = true;
            return this;
        }

        /** Where Flyway remembers the migrations of the application's tables; default Flyway's own table. */
        public Builder historyTable(String name) {
            historyTable = name;
            return this;
        }

        /** Adds a sharded table of the application's own, after those that it refers to; default none. */
        public Builder table(ShardedTable table) {
            tables.add(table);
            return this;
        }

        /**
         * Adds a small table that every shard has whole, after those that it refers to; default none. See
         * {@link dev.ringshard.reference.ReferenceTable}.
         */
        public Builder referenceTable(String name) {
            referenceTables.add(name);
            return this;
        }

        /**
         * Adds a place where Flyway finds the migrations of the application's tables, such as
         * <code>classpath:db/{vendor}</code>; default none.
         */
        public Builder migrations(String location) {
            migrations.add(location);
            return this;
        }

        /**
         * The configuration as collected so far.
         *
         * @throws ConfigurationException if something is missing or clashes, with all that is wrong
         */
        public RingshardConfig build() {
            return new RingshardConfig(
                    cluster,
                    ring,
                    shards,
                    routingTimeout,
                    purgeAfter,
                    new TablesConfig(tables, referenceTables, migrations, historyTable),
                    bank,
                    hasOutbox);
        }
    }
}
