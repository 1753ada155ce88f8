package dev.ringshard.bench;

import com.zaxxer.hikari.HikariDataSource;
import dev.ringshard.Ringshard;
import dev.ringshard.config.BankConfig;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.routing.FencedStatement;
import dev.ringshard.routing.PointRead;
import dev.ringshard.testing.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import javax.sql.DataSource;

/**
 * What an operation on a table of an application's own costs: processor time of client and servers, log, multixacts. The raw side
 * sends exactly the same statement on connections of the same pools, to a table without a fence. Processor time is steadier than rates where
 * machines are shared.
 */
final class CostPart {
    private static final int SHARDS = 2;
    private static final int THREADS = 8;
    private static final int WARM_UP = 2;

    private static final String TABLE =
            "CREATE TABLE %s (tenant_id text NOT NULL, id bigint NOT NULL, n int NOT NULL, word text, PRIMARY KEY (tenant_id, id))";
    private static final String SELECT = "SELECT n, word FROM %s WHERE tenant_id = ? AND id = 1";
    private static final String UPDATE = "UPDATE %s SET n = n + 1 WHERE tenant_id = ? AND id = 1";
    private static final String INSERT = "INSERT INTO %s (tenant_id, id, n, word) VALUES (?, ?, 0, 'a word or two')";
    private static final String OWN = "items";
    private static final String RAW = "plain_items";

    private final Servers servers;
    private final Effort effort;
    private final AtomicLong numbers = new AtomicLong(1);

    CostPart(Servers servers, Effort effort) {
        this.servers = servers;
        this.effort = effort;
    }

    private interface Work {
        void on(String key) throws SQLException;
    }

    private interface Statements {
        void on(Connection connection, String key) throws SQLException;
    }

    /** What one side spent in all rounds, and its rate in each. */
    private static final class Spent {
        private final List<Double> rates = new ArrayList<>();
        private final List<Double> client = new ArrayList<>();
        private final List<Double> server = new ArrayList<>();
        private long operations;
        private long log;
        private long multixacts;

        private double both(int round) {
            return client.get(round) + server.get(round);
        }
    }

    Section run() throws SQLException {
        Section section = new Section("What an operation costs, on PostgreSQL");
        section.text("""
                A table of an application's own on %d shards, %,d keys, %d threads, %d rounds of %d ms for each side once both are warm. \
                The raw side sends the same statement, on connections of the same pools, to a table without a fence and without the index on tokens. Processor time is of \
                the whole client and of all processes of the server. A ratio is what the raw side needs of it, by what Ringshard needs, \
                in the same round: the median of the rounds (lowest to highest). Multixacts are for 100 operations.""".formatted(
                SHARDS, effort.customers(), THREADS, effort.rounds(), effort.slice().toMillis()));
        RingshardConfig config = founded();
        List<List<String>> rows = new ArrayList<>();
        try (Shards pools = Shards.open(config.shards());
                Ringshard shop = Ringshard.open(config);
                BenchThreads threads = new BenchThreads(THREADS, 1, () -> false)) {
            List<DataSource> raw = pools.all().stream().map(Shard::dataSource).toList();
            fill(shop, raw);
            measureAll(rows, threads, shop, raw);
        }
        return section.table(
                List.of("what", "by", "rate", "of raw", "client", "servers", "by processor time", "log", "multixacts"), rows);
    }

    private RingshardConfig founded() throws SQLException {
        RingshardConfig.Builder config = RingshardConfig.builder("shop")
                .bank(BankConfig.OFF)
                .table(ShardedTable.byKey(OWN, "tenant_id"));
        servers.config(DatabaseKind.POSTGRESQL, SHARDS).shards().forEach(config::shard);
        RingshardConfig shop = config.build();
        try (Shards pools = Shards.open(shop.shards())) {
            for (Shard shard : pools.all()) {
                try (Connection connection = shard.dataSource().getConnection();
                        Statement statement = connection.createStatement()) {
                    statement.execute(TABLE.formatted(OWN));
                    statement.execute(TABLE.formatted(RAW));
                }
            }
        }
        Ringshard.init(shop);
        return shop;
    }

    private void fill(Ringshard shop, List<DataSource> raw) throws SQLException {
        FencedStatement insert = FencedStatement.of(INSERT.formatted(OWN));
        for (DataSource pool : raw) {
            if (pool instanceof HikariDataSource hikari) {
                hikari.setMinimumIdle(hikari.getMaximumPoolSize());
            }
        }
        for (int i = 0; i < effort.customers(); i++) {
            String key = key(i);
            shop.router().update(key, insert, key, 1L);
            try (Connection connection = pool(raw, key).getConnection()) {
                insertRow(connection, key, 1);
            }
        }
        for (DataSource pool : raw) {
            try (Connection connection = pool.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("VACUUM ANALYZE");
            }
        }
    }

    private static String key(int number) {
        return "tenant-%08d".formatted(number);
    }

    private static DataSource pool(List<DataSource> raw, String key) {
        return raw.get(RawContender.place(key, SHARDS));
    }

    private void measureAll(List<List<String>> rows, BenchThreads threads, Ringshard shop, List<DataSource> raw) {
        PointRead<Integer> read = PointRead.of(SELECT.formatted(OWN), row -> row.getInt(1));
        FencedStatement update = FencedStatement.ofRows(UPDATE.formatted(OWN));
        FencedStatement insert = FencedStatement.ofRows(INSERT.formatted(OWN));
        measure(rows, threads, "point read", key -> require(shop.router().read(key, read, key).size()), onRaw(raw, (connection, key) -> readRow(connection, RAW, key)));
        measure(rows, threads, "update of one row", key -> require(shop.router().update(key, update, key)), onRaw(raw, (connection, key) -> updateRow(connection, RAW, key)));
        measure(rows, threads, "insert of one row", key -> require(shop.router().update(key, insert, key, numbers.incrementAndGet())), onRaw(raw, (connection, key) -> insertRow(connection, key, numbers.incrementAndGet())));
        measure(rows, threads, "transaction that reads one row", inTransaction(shop, (connection, key) -> readRow(connection, OWN, key)), onRaw(raw, asTransaction((connection, key) -> readRow(connection, RAW, key))));
        measure(rows, threads, "transaction: read, update", inTransaction(shop, (connection, key) -> {
            readRow(connection, OWN, key);
            updateRow(connection, OWN, key);
        }), onRaw(raw, asTransaction((connection, key) -> {
            readRow(connection, RAW, key);
            updateRow(connection, RAW, key);
        })));
    }

    private static Work inTransaction(Ringshard shop, Statements statements) {
        return key -> shop.router().transaction(key, tx -> {
            statements.on(tx.connection(), key);
            return true;
        });
    }

    private static Work onRaw(List<DataSource> raw, Statements statements) {
        return key -> {
            try (Connection connection = pool(raw, key).getConnection()) {
                statements.on(connection, key);
            }
        };
    }

    private static Statements asTransaction(Statements statements) {
        return (connection, key) -> {
            connection.setAutoCommit(false);
            statements.on(connection, key);
            connection.commit();
            connection.setAutoCommit(true);
        };
    }

    private void measure(List<List<String>> rows, BenchThreads threads, String what, Work own, Work raw) {
        List<Work> sides = List.of(own, raw);
        List<Spent> spent = List.of(new Spent(), new Spent());
        TestDatabase server = servers.fresh(DatabaseKind.POSTGRESQL);
        for (int round = -WARM_UP; round < effort.rounds(); round++) {
            for (int turn = 0; turn < sides.size(); turn++) {
                int side = round % 2 == 0 ? turn : 1 - turn;
                Expense before = Expense.now(server);
                Expense begun = Expense.ofProcessors();
                Measurement done = threads.work(effort.slice(), random -> sides.get(side).on(key(random.nextInt(effort.customers()))));
                Expense processors = Expense.ofProcessors().since(begun);
                if (round >= 0) {
                    add(spent.get(side), done, processors, Expense.now(server).since(before));
                }
            }
        }
        rows.add(row(what, "Ringshard", spent.get(0), spent.get(1)));
        rows.add(row(what, RawContender.NAME, spent.get(1), spent.get(1)));
        rows.subList(rows.size() - sides.size(), rows.size()).forEach(System.err::println);
    }

    private static void add(Spent spent, Measurement done, Expense processors, Expense all) {
        long operations = done.latencies().getTotalCount();
        spent.rates.add(done.perSecond());
        spent.client.add(processors.client() / 1e3 / operations);
        spent.server.add(processors.servers() / 1e3 / operations);
        spent.operations += operations;
        spent.log += all.log();
        spent.multixacts += all.multixacts();
    }

    private static List<String> row(String what, String side, Spent spent, Spent raw) {
        boolean isRaw = spent == raw;
        List<Double> rates = IntStream.range(0, raw.rates.size()).mapToObj(round -> spent.rates.get(round) / raw.rates.get(round)).toList();
        List<Double> times = IntStream.range(0, raw.rates.size()).mapToObj(round -> raw.both(round) / spent.both(round)).toList();
        return List.of(
                what,
                side,
                Format.rate(Figures.median(spent.rates), ""),
                isRaw ? "1" : ratio(rates),
                micros(spent.client),
                micros(spent.server),
                isRaw ? "1" : ratio(times),
                String.format(Locale.ROOT, "%,d B", Math.round((double) spent.log / spent.operations)),
                String.format(Locale.ROOT, "%.1f", 100.0 * spent.multixacts / spent.operations));
    }

    private static String ratio(List<Double> ratios) {
        return String.format(
                Locale.ROOT,
                "**%.2f** (%.2f–%.2f)",
                Figures.median(ratios),
                ratios.stream().mapToDouble(one -> one).min().orElseThrow(),
                ratios.stream().mapToDouble(one -> one).max().orElseThrow());
    }

    private static String micros(List<Double> rounds) {
        return String.format(Locale.ROOT, "%.0f µs", Figures.median(rounds));
    }

    private static void readRow(Connection connection, String table, String key) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(SELECT.formatted(table))) {
            query.setString(1, key);
            try (ResultSet row = query.executeQuery()) {
                require(row.next() ? 1 : 0);
            }
        }
    }

    private static void updateRow(Connection connection, String table, String key) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(UPDATE.formatted(table))) {
            update.setString(1, key);
            require(update.executeUpdate());
        }
    }

    private static void insertRow(Connection connection, String key, long number) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT.formatted(RAW))) {
            insert.setString(1, key);
            insert.setLong(2, number);
            require(insert.executeUpdate());
        }
    }

    private static void require(int rows) {
        if (rows != 1) {
            throw new IllegalStateException("%d rows in place of one".formatted(rows));
        }
    }
}
