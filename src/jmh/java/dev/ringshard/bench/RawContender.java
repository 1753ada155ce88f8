package dev.ringshard.bench;

import dev.ringshard.bank.Customer;
import dev.ringshard.failure.SqlFailedException;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a careful person would write by hand with JDBC: the same work in as few round trips as it takes, prepared
 * statements, columns by position, no fence, no retry, nothing asked of a ring: the key's hash code says which database.
 * It writes to {@link RawTables} of its own, because the fence's triggers are on the others.
 */
final class RawContender implements Contender {
    private static final int TOGETHER = 1_000;

    static final String NAME = "raw JDBC";

    private final String name;
    private final List<RawShard> shards;
    private final RunKeys keys;
    private final String[] first;

    RawContender(List<RawShard> shards, RunKeys keys, String[] first) {
        this(NAME, shards, keys, first);
    }

    /** @param name of the router that is measured, if one data source stands for all shards */
    RawContender(String name, List<RawShard> shards, RunKeys keys, String[] first) {
        this.name = name;
        this.shards = shards;
        this.keys = keys;
        this.first = first;
    }

    @Override
    public String name() {
        return name;
    }

    private RawShard shard(String key) {
        return shards.get(place(key, shards.size()));
    }

    /** The number of the shard for a key, from 0. */
    static int place(String key, int shards) {
        return Math.floorMod(key.hashCode(), shards);
    }

    /** A number of the same kind as a token; no statement looks for it. */
    static long token(String key) {
        return key.hashCode() * 0x9E3779B97F4A7C15L;
    }

    /** Creates the customers of the beginning. */
    void fill() throws SQLException {
        for (RawShard shard : shards) {
            List<String> own = IntStream.range(0, first.length)
                    .mapToObj(number -> first[number])
                    .filter(key -> shard(key) == shard)
                    .toList();
            for (int from = 0; from < own.size(); from += TOGETHER) {
                fill(shard, own.subList(from, Math.min(own.size(), from + TOGETHER)));
            }
        }
    }

    private static void fill(RawShard shard, List<String> part) throws SQLException {
        try (Connection connection = shard.connect();
                PreparedStatement customer =
                        connection.prepareStatement(shard.tables().insertCustomer());
                PreparedStatement entry =
                        connection.prepareStatement(shard.tables().insertEntry())) {
            for (String key : part) {
                RawShard.bindCustomer(customer, key, RingshardContender.lastName(key.hashCode()));
                customer.addBatch();
                RawShard.bindOpening(entry, key);
                entry.addBatch();
            }
            customer.executeBatch();
            entry.executeBatch();
        }
    }

    @Override
    public void read(int customer) throws SQLException {
        Customer found = shard(first[customer]).read(first[customer]);
        if (!found.key().equals(first[customer])) {
            throw new SqlFailedException("Another customer was read than asked for. Report this.");
        }
    }

    @Override
    public void deposit(int customer, String operationId) throws SQLException {
        BigDecimal balance = shard(first[customer]).deposit(first[customer], RingshardContender.UNIT, operationId);
        if (balance.signum() <= 0) {
            throw new SqlFailedException("A deposit left nothing. Report this.");
        }
    }

    @Override
    public void insert(long number) throws SQLException {
        String key = keys.inserted(number);
        shard(key).insert(key, RingshardContender.lastName(number));
    }
}
