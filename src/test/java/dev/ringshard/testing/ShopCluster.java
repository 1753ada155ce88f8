package dev.ringshard.testing;

import dev.ringshard.Ringshard;
import dev.ringshard.config.BankConfig;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingConfig;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.config.ShardedTable;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A cluster {@code shop} without the bank: customers of another making than its own, their orders, and lines of these. Whole
 * numbers or UUIDs are its keys, and no table stores a token. With a hand past the fence.
 */
public final class ShopCluster implements AutoCloseable {
    /** Those that others refer to first. */
    public static final List<ShardedTable> TABLES = List.of(
            ShardedTable.byKey("customers", "id"),
            ShardedTable.byKey("orders", "customer_id"),
            ShardedTable.byKey("order_lines", "customer_id"),
            ShardedTable.byKey("parcels", "customer_id"));

    private static final List<String> SCHEMA = List.of("""
            CREATE TABLE customers (id %1$s NOT NULL, name varchar(100), CONSTRAINT customers_pk PRIMARY KEY (id))""", """
            CREATE TABLE orders (id bigint NOT NULL, customer_id %1$s NOT NULL, CONSTRAINT orders_pk PRIMARY KEY (id),
                CONSTRAINT orders_customer FOREIGN KEY (customer_id) REFERENCES customers (id))""", """
            CREATE TABLE order_lines (order_id bigint NOT NULL, number integer NOT NULL, customer_id %1$s NOT NULL,
                CONSTRAINT order_lines_pk PRIMARY KEY (order_id, number),
                CONSTRAINT order_lines_order FOREIGN KEY (order_id) REFERENCES orders (id))""", """
            CREATE TABLE parcels (id bigint NOT NULL, order_id bigint, number integer, customer_id %1$s NOT NULL,
                CONSTRAINT parcels_pk PRIMARY KEY (id),
                CONSTRAINT parcels_line FOREIGN KEY (order_id, number) REFERENCES order_lines (order_id, number))""");

    private final DatabaseKind kind;
    private final String keyType;
    private final Map<String, TestDatabase> databases = new LinkedHashMap<>();
    private final RingshardConfig config;
    private final Ringshard ringshard;

    private ShopCluster(DatabaseKind kind, String keyType, int shards) {
        this.kind = kind;
        this.keyType = keyType;
        List<TestDatabase> founded = TestCluster.foundedDatabases(
                Collections.nCopies(shards, tables()),
                Collections.nCopies(shards, kind),
                fresh -> config(TestCluster.shards(fresh)));
        this.config = config(TestCluster.shards(founded));
        config.shards().forEach(shard -> databases.put(shard.name(), TestDatabase.of(shard)));
        this.ringshard = Ringshard.open(config);
    }

    private List<String> tables() {
        return SCHEMA.stream().map(table -> table.formatted(keyType)).toList();
    }

    private static RingshardConfig config(List<ShardConfig> shards) {
        RingshardConfig.Builder builder = RingshardConfig.builder("shop")
                .ring(RingConfig.DEFAULT.withVirtualNodes(8))
                .routingTimeout(Duration.ofSeconds(5))
                .bank(BankConfig.OFF)
                .shards(shards);
        TABLES.forEach(builder::table);
        return builder.build();
    }

    /** Whose keys are whole numbers. */
    public static ShopCluster withNumbers(DatabaseKind kind, int shards) {
        return new ShopCluster(kind, "bigint", shards);
    }

    /** Whose keys are UUIDs. */
    public static ShopCluster withUuids(DatabaseKind kind, int shards) {
        return new ShopCluster(kind, "uuid", shards);
    }

    /** A fresh database with the shop's tables, not initialised. */
    public ShardConfig shard(String name) {
        TestDatabase database = TestCluster.database(kind);
        databases.put(name, database);
        database.executeAll(tables());
        return TestCluster.shard(name, database);
    }

    public RingshardConfig config() {
        return config;
    }

    public Ringshard ringshard() {
        return ringshard;
    }

    /** The key of a number, as Ringshard writes it. */
    public String key(int number) {
        return keyType.equals("uuid")
                ? UUID.nameUUIDFromBytes(Integer.toString(number).getBytes(StandardCharsets.UTF_8))
                        .toString()
                : Long.toString(7919L * number);
    }

    /** The first of the numbers from one on whose key lives on a shard. */
    public int numberOn(String shard, int from) {
        return Stream.iterate(from, number -> number + 1)
                .limit(10_000)
                .filter(number -> shardOf(key(number)).equals(shard))
                .findFirst()
                .orElseThrow();
    }

    public String shardOf(String key) {
        return ringshard.router().locate(key).shard();
    }

    public long token(String key) {
        return ringshard.router().token(key);
    }

    /** A customer with an order of two lines and a parcel, on the shard that owns the key. */
    public void create(int number) throws SQLException {
        String shard = shardOf(key(number));
        customer(shard, number);
        order(shard, number, number);
    }

    /** A customer on any shard. */
    public void customer(String shard, int number) throws SQLException {
        pastTheFence(shard, "INSERT INTO customers (id, name) VALUES ('%s', 'Ada')".formatted(key(number)));
    }

    /** An order of a customer, with two lines and a parcel with the first of them and one with nothing, on any shard. */
    public void order(String shard, int order, int customer) throws SQLException {
        String key = key(customer);
        pastTheFence(
                shard,
                "INSERT INTO orders (id, customer_id) VALUES (%d, '%s')".formatted(order, key),
                "INSERT INTO order_lines (order_id, number, customer_id) VALUES (%1$d, 1, '%2$s'), (%1$d, 2, '%2$s')"
                        .formatted(order, key),
                "INSERT INTO parcels (id, order_id, number, customer_id) VALUES (%d, %d, 1, '%s')"
                        .formatted(10L * order, order, key),
                "INSERT INTO parcels (id, customer_id) VALUES (%d, '%s')".formatted(10L * order + 1, key));
    }

    /** Runs statements on a shard as nobody but a mover may. */
    public void pastTheFence(String shard, String... statements) throws SQLException {
        KeptSessions.in(database(shard), statement -> {
            statement.execute(
                    kind == DatabaseKind.POSTGRESQL ? "SET ringshard.mover = 'on'" : "SET @ringshard_mover = 'on'");
            for (String one : statements) {
                statement.execute(one);
            }
            return statements.length;
        });
    }

    public TestDatabase database(String shard) {
        return java.util.Objects.requireNonNull(databases.get(shard));
    }

    @Override
    public void close() {
        ringshard.close();
    }
}
