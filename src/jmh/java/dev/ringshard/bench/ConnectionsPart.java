package dev.ringshard.bench;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.jdbc.RingshardDataSource;
import dev.ringshard.jdbc.ShardKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import javax.sql.DataSource;

/** Connections of the routed data source, beside connections of the pools that stand behind it: the same calls on both. */
final class ConnectionsPart {
    private static final int SHARDS = 2;
    private static final int STATEMENTS = 3;
    private static final BenchProgress SILENT = (activity, done, fraction) -> {};

    private final Servers servers;
    private final Effort effort;

    ConnectionsPart(Servers servers, Effort effort) {
        this.servers = servers;
        this.effort = effort;
    }

    /** Where the rows of keys are, and how a connection for one is got. */
    private record Side(String query, String update, Source source, String[] keys) {}

    private interface Source {
        Connection connection(String key) throws SQLException;
    }

    private interface Work {
        void on(Connection connection, Side side, String key) throws SQLException;
    }

    Section run() throws SQLException {
        Section section = new Section("Connections of the DataSource, on PostgreSQL");
        section.text("""
                %d shards, %,d customers, %d rounds of %d ms for each side once both are warm. The raw side makes the same calls of \
                JDBC on connections of the same pools, on tables without a fence.""".formatted(SHARDS, effort.customers(), effort.rounds(), effort.slice().toMillis()));
        RingshardConfig config = servers.config(DatabaseKind.POSTGRESQL, SHARDS);
        Ringshard.init(config);
        List<List<String>> rows = new ArrayList<>();
        try (Shards shards = Shards.open(config.shards());
                Ringshard cluster = Ringshard.open(config)) {
            RunKeys keys = RunKeys.ofNewRun();
            StoredTables stored = StoredTables.of(config.bank());
            new BenchData(cluster, stored, shards.all(), keys).build(effort.customers(), SILENT);
            String[] first = keys.first(effort.customers());
            RingshardDataSource routed = cluster.dataSource();
            List<DataSource> pools = shards.all().stream().map(Shard::dataSource).toList();
            List<Side> sides = List.of(
                    side(stored.customers(), key -> routed.createConnectionBuilder()
                            .shardingKey(ShardKey.of(key))
                            .build(), first),
                    side(
                            RawTables.of(keys, stored).customers(),
                            key -> pools.get(RawContender.place(key, SHARDS)).getConnection(),
                            first));
            for (int threads : effort.threads()) {
                measure(rows, threads, sides);
            }
        }
        return section.table(
                List.of("what", "threads", "Ringshard", "raw JDBC", "ratio", "p50", "p99", "garbage"), rows);
    }

    private static Side side(String table, Source source, String[] keys) {
        return new Side(
                "SELECT customer_key, first_name, last_name, savings, checking FROM " + table + " WHERE customer_key = ?",
                "UPDATE " + table + " SET savings = savings + 1 WHERE customer_key = ?",
                source,
                keys);
    }

    private void measure(List<List<String>> rows, int threads, List<Side> sides) {
        try (BenchThreads workers = new BenchThreads(threads, 1, () -> false)) {
            AlternatingRounds rounds =
                    new AlternatingRounds(workers, effort.plan(effort.customers()), () -> false);
            rows.add(row("autocommit, a query", threads, rounds, sides, (connection, side, key) ->
                    read(connection, side, key)));
            rows.add(row("autocommit, an update", threads, rounds, sides, (connection, side, key) ->
                    update(connection, side, key)));
            rows.add(row("transaction: query, update, query", threads, rounds, sides, ConnectionsPart::transaction));
            rows.add(row("read-only transaction of three queries", threads, rounds, sides, ConnectionsPart::reading));
        }
    }

    private List<String> row(String what, int threads, AlternatingRounds rounds, List<Side> sides, Work work) {
        List<List<Measurement>> samples = rounds.run(
                what,
                sides.stream()
                        .<BenchThreads.Operation>map(side -> random -> one(side, random, work))
                        .toList(),
                SILENT);
        Comparison compared = Comparison.of(Workload.MIX, samples.get(0), samples.get(1));
        List<String> row = List.of(
                what,
                String.valueOf(threads),
                Format.rate(compared.ringshard().perSecond(), ""),
                Format.rate(compared.other().perSecond(), ""),
                String.format(
                        Locale.ROOT, "**%.2f** (%.2f–%.2f)", compared.ratio(), compared.lowest(), compared.highest()),
                Format.millis(compared.ringshard().p50()),
                Format.millis(compared.ringshard().p99()),
                String.format(Locale.ROOT, "%,d B", compared.ringshard().bytesPerOperation()));
        System.err.println(row);
        return row;
    }

    private static void one(Side side, SplittableRandom random, Work work) throws SQLException {
        String key = side.keys()[random.nextInt(side.keys().length)];
        try (Connection connection = side.source().connection(key)) {
            work.on(connection, side, key);
        }
    }

    private static void read(Connection connection, Side side, String key) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(side.query())) {
            query.setString(1, key);
            try (ResultSet row = query.executeQuery()) {
                if (!row.next() || row.getBigDecimal(4).signum() < 0) {
                    throw new IllegalStateException("A customer is not there");
                }
            }
        }
    }

    private static void update(Connection connection, Side side, String key) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(side.update())) {
            update.setString(1, key);
            if (update.executeUpdate() != 1) {
                throw new IllegalStateException("A customer is not there");
            }
        }
    }

    private static void transaction(Connection connection, Side side, String key) throws SQLException {
        connection.setAutoCommit(false);
        read(connection, side, key);
        update(connection, side, key);
        read(connection, side, key);
        connection.commit();
        connection.setAutoCommit(true);
    }

    /** As Spring does for a transaction that is read-only. */
    private static void reading(Connection connection, Side side, String key) throws SQLException {
        connection.setReadOnly(true);
        connection.setAutoCommit(false);
        for (int i = 0; i < STATEMENTS; i++) {
            read(connection, side, key);
        }
        connection.commit();
        connection.setAutoCommit(true);
        connection.setReadOnly(false);
    }
}
