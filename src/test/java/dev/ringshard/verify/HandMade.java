package dev.ringshard.verify;

import dev.ringshard.Ringshard;
import dev.ringshard.bank.Balances;
import dev.ringshard.bank.NewCustomer;
import dev.ringshard.config.BankConfig;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.testing.HandMover;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** A cluster of three shards, with a hand past the fence. */
final class HandMade implements AutoCloseable {
    private final DatabaseKind kind;
    private final List<TestDatabase> databases;
    private final RingshardConfig config;
    private final Ringshard bank;

    HandMade(DatabaseKind kind) {
        this.kind = kind;
        this.config = TestCluster.founded(kind, 3);
        this.databases = config.shards().stream().map(TestDatabase::of).toList();
        this.bank = Ringshard.open(config);
    }

    Ringshard bank() {
        return bank;
    }

    RingshardConfig config() {
        return config;
    }

    /** By a router that does not wait long for a ring that will not become whole. */
    Verification verifyImpatiently() {
        return verify(builder().routingTimeout(Duration.ofMillis(300)));
    }

    /** With tables of the application's own. */
    Verification verifyWith(ShardedTable... tables) {
        RingshardConfig.Builder builder = builder();
        for (ShardedTable table : tables) {
            builder.table(table);
        }
        return verify(builder);
    }

    private RingshardConfig.Builder builder() {
        return RingshardConfig.builder(config.cluster()).ring(config.ring()).shards(config.shards());
    }

    private static Verification verify(RingshardConfig.Builder builder) {
        try (Ringshard other = Ringshard.open(builder.build())) {
            return other.verify();
        }
    }

    TestDatabase database(String shard) {
        return databases.get(number(shard) - 1);
    }

    private static int number(String shard) {
        return Integer.parseInt(shard.substring("eu-".length()));
    }

    /** The shard after this one. */
    static String next(String shard) {
        return "eu-" + (number(shard) % 3 + 1);
    }

    void create(String key) {
        create(List.of(key));
    }

    /** Customers with 100.00 on savings, 1.00 on checking and 0.50 on retirement: three entries each. */
    void create(List<String> keys) {
        bank.customers()
                .createAll(keys.stream()
                        .map(key -> new NewCustomer(key, "Ada", "Lovelace", new Balances("100.00", "1.00", "0.50")))
                        .toList());
    }

    String shardOf(String key) {
        return bank.router().locate(key).shard();
    }

    long token(String key) {
        return bank.router().token(key);
    }

    TokenRange rangeOf(String key) {
        return bank.router().locate(key).range();
    }

    /** The first of the keys {@code c-0}, {@code c-1} and so on that lives on a shard. */
    String keyOn(String shard) {
        return Stream.iterate(0, i -> i + 1)
                .limit(100_000)
                .map(i -> "c-" + i)
                .filter(key -> shardOf(key).equals(shard))
                .findFirst()
                .orElseThrow();
    }

    /** Runs a statement past the fence. */
    int damage(String shard, String sql) throws SQLException {
        try (Connection connection = database(shard).connect();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    kind == DatabaseKind.POSTGRESQL ? "SET ringshard.mover = 'on'" : "SET @ringshard_mover = 'on'");
            return statement.executeUpdate(sql);
        }
    }

    void insertCustomer(String shard, String key, long token) throws SQLException {
        damage(
                shard,
                "INSERT INTO customers (customer_key, first_name, last_name, ring_token) VALUES ('%s', 'Eve', 'Moriarty', %d)"
                        .formatted(key, token));
    }

    void insertEntry(String shard, String key, long token, String amount) throws SQLException {
        damage(shard, """
                INSERT INTO account_entries
                    (customer_key, operation_id, entry_number, kind, account, amount, balance_after, ring_token)
                VALUES ('%s', 'by hand', 77, 'DEPOSIT', 'SAVINGS', %s, 0, %d)""".formatted(key, amount, token));
    }

    /** A mover of the range of a key to the next shard. */
    HandMover moverOf(String key) throws SQLException {
        String source = shardOf(key);
        String target = next(source);
        return new HandMover(
                database(source), database(target), target, BankConfig.ON.tables(), firstTokenOf(source, token(key)));
    }

    private long firstTokenOf(String shard, long token) throws SQLException {
        return number(
                shard,
                "SELECT first_token FROM ringshard.owned_range WHERE " + token + " BETWEEN first_token AND last_token");
    }

    long number(String shard, String sql) throws SQLException {
        try (Connection connection = database(shard).connect();
                PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    @Override
    public void close() {
        bank.close();
    }
}
