package dev.ringshard.reference;

import dev.ringshard.Ringshard;
import dev.ringshard.config.BankConfig;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingConfig;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.internal.copies.ReferenceCopies;
import dev.ringshard.internal.copies.ReferenceStep;
import dev.ringshard.internal.shard.Retry;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A cluster {@code shop} whose orders refer to countries, and these to currencies; with a hand past Ringshard. */
final class ReferencedShop implements AutoCloseable {
    static final List<String> SCHEMA =
            List.of("CREATE TABLE currencies (code varchar(3) PRIMARY KEY, digits integer NOT NULL)", """
            CREATE TABLE countries (code varchar(2) PRIMARY KEY, name varchar(100) NOT NULL, currency varchar(3),
                population bigint, CONSTRAINT countries_name UNIQUE (name),
                CONSTRAINT countries_currency FOREIGN KEY (currency) REFERENCES currencies (code))""", """
            CREATE TABLE orders (customer bigint NOT NULL, number integer NOT NULL, country varchar(2),
                CONSTRAINT orders_pk PRIMARY KEY (customer, number),
                CONSTRAINT orders_country FOREIGN KEY (country) REFERENCES countries (code))""");

    static final List<String> ROWS = List.of(
            "INSERT INTO currencies (code, digits) VALUES ('EUR', 2), ('JPY', 0)",
            "INSERT INTO countries (code, name, currency, population) VALUES ('FR', 'France', 'EUR', 68), ('JP', 'Japan', 'JPY', 124)");

    private final DatabaseKind kind;
    private final Map<String, DatabaseKind> others;
    private final Map<String, TestDatabase> databases = new LinkedHashMap<>();
    private final RingshardConfig config;
    private final Ringshard ringshard;

    private ReferencedShop(DatabaseKind kind, int shards, Map<String, DatabaseKind> others) throws SQLException {
        this.kind = kind;
        this.others = others;
        List<DatabaseKind> kinds = new ArrayList<>();
        List<List<String>> tables = new ArrayList<>();
        for (int i = 1; i <= shards; i++) {
            kinds.add(others.getOrDefault("eu-" + i, kind));
            tables.add(
                    i > 1
                            ? SCHEMA
                            : Stream.of(SCHEMA, ROWS).flatMap(List::stream).toList());
        }
        this.config = config(TestCluster.shards(
                TestCluster.foundedDatabases(tables, kinds, fresh -> config(TestCluster.shards(fresh)))));
        config.shards().forEach(shard -> databases.put(shard.name(), TestDatabase.of(shard)));
        this.ringshard = Ringshard.open(config);
    }

    static ReferencedShop of(DatabaseKind kind, int shards) throws SQLException {
        return new ReferencedShop(kind, shards, Map.of());
    }

    /** Where some shards are on another database. */
    static ReferencedShop of(DatabaseKind kind, int shards, Map<String, DatabaseKind> others) throws SQLException {
        return new ReferencedShop(kind, shards, others);
    }

    static RingshardConfig config(List<ShardConfig> shards) {
        return builder(shards)
                .referenceTable("currencies")
                .referenceTable("countries")
                .build();
    }

    /** Without reference tables. */
    static RingshardConfig.Builder builder(List<ShardConfig> shards) {
        return RingshardConfig.builder("shop")
                .ring(RingConfig.DEFAULT.withVirtualNodes(8))
                .routingTimeout(Duration.ofSeconds(5))
                .bank(BankConfig.OFF)
                .table(ShardedTable.byKey("orders", "customer"))
                .shards(shards);
    }

    /** A fresh database with the shop's tables, without rows. */
    ShardConfig shard(String name) throws SQLException {
        databases.put(name, TestCluster.database(others.getOrDefault(name, kind)));
        execute(name, SCHEMA);
        return TestCluster.shard(name, database(name));
    }

    private TestDatabase database(String shard) {
        return Objects.requireNonNull(databases.get(shard));
    }

    RingshardConfig config() {
        return config;
    }

    Ringshard ringshard() {
        return ringshard;
    }

    ReferenceTable countries() {
        return ringshard.reference("countries");
    }

    /** Tells of each step before it is done; on pools of its own. */
    ReferenceTable countries(Shards shards, Consumer<ReferenceStep> beforeStep) {
        return new ReferenceTable(
                "countries",
                new ReferenceCopies("shop", config.tables().reference(), shards.all(), beforeStep),
                ringshard.scatter(),
                config.shardedTables(),
                Retry.within(Duration.ofSeconds(5)),
                ringshard.router()::refresh);
    }

    /** An order on the shard of its customer. */
    void order(long customer, int number, String country) {
        ringshard.router().transaction(Long.toString(customer), tx -> tx.dsl()
                .execute("INSERT INTO orders (customer, number, country) VALUES (?, ?, ?)", customer, number, country));
    }

    /** The first customer from a number on who lives on a shard. */
    long customerOn(String shard) {
        long customer = 1;
        while (!ringshard.router().locate(Long.toString(customer)).shard().equals(shard)) {
            customer++;
        }
        return customer;
    }

    /** Straight to a database, statement by statement. */
    void execute(String shard, List<String> statements) throws SQLException {
        try (Connection connection = database(shard).connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** As a session that may write to a reference table. */
    void pastTheFence(String shard, String table, String sql) throws SQLException {
        execute(
                shard,
                List.of(
                        kind == DatabaseKind.POSTGRESQL
                                ? "SET ringshard.reference = 'public.%s'".formatted(table)
                                : "SET @ringshard_reference = 'PUBLIC.%s'"
                                        .formatted(table.toUpperCase(java.util.Locale.ROOT)),
                        sql));
    }

    /** The countries of a shard, each as its code, name and population. */
    Set<String> countriesOn(String shard) throws SQLException {
        return texts(shard, "SELECT code || ' ' || name || ' ' || coalesce(population, 0) FROM countries");
    }

    Set<String> texts(String shard, String sql) throws SQLException {
        try (Connection connection = database(shard).connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            Set<String> texts = new TreeSet<>();
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
            return texts;
        }
    }

    @Override
    public void close() {
        ringshard.close();
    }
}
