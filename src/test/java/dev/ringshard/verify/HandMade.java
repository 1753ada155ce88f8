package dev.ringshard.verify;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.testing.HandMover;
import dev.ringshard.testing.Parcels;
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
    private final Ringshard ringshard;

    HandMade(DatabaseKind kind) {
        this.kind = kind;
        this.config = Parcels.founded(kind, 3);
        this.databases = config.shards().stream().map(TestDatabase::of).toList();
        this.ringshard = Ringshard.open(config);
    }

    Ringshard ringshard() {
        return ringshard;
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
        RingshardConfig.Builder builder = RingshardConfig.builder(config.cluster())
                .ring(config.ring())
                .shards(config.shards())
                .bank(config.bank());
        Parcels.TABLES.forEach(builder::table);
        return builder;
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

    String shardOf(String key) {
        return ringshard.router().locate(key).shard();
    }

    long token(String key) {
        return ringshard.router().token(key);
    }

    TokenRange rangeOf(String key) {
        return ringshard.router().locate(key).range();
    }

    /** The first of the keys {@code p-0}, {@code p-1} and so on that lives on a shard. */
    String keyOn(String shard) {
        return Stream.iterate(0, i -> i + 1)
                .limit(100_000)
                .map(i -> "p-" + i)
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

    void insertParcel(String shard, String key, long token) throws SQLException {
        damage(
                shard,
                "INSERT INTO parcels (parcel_key, label, ring_token) VALUES ('%s', 'lost', %d)".formatted(key, token));
    }

    /** Of a parcel that need not be there. */
    void insertStamp(String shard, String key) throws SQLException {
        damage(shard, "ALTER TABLE stamps DROP CONSTRAINT stamps_parcel");
        damage(shard, "INSERT INTO stamps (parcel_key, stamp, amount) VALUES ('%s', 'by hand', 5)".formatted(key));
    }

    /** A mover of the range of a key to the next shard. */
    HandMover moverOf(String key) throws SQLException {
        String source = shardOf(key);
        String target = next(source);
        return new HandMover(
                database(source), database(target), target, Parcels.TABLES, firstTokenOf(source, token(key)));
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
        ringshard.close();
    }
}
