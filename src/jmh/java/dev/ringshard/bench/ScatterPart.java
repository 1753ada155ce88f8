package dev.ringshard.bench;

import dev.ringshard.Ringshard;
import dev.ringshard.bank.CustomerRepository;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.Shards;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;

/** Reads over all shards: a count, and a page of 100 by name, against the same by hand, all shards at the same time. */
final class ScatterPart {
    private static final int SHARDS = 4;
    private static final int PAGE = 100;
    private static final BenchProgress SILENT = (activity, done, fraction) -> {};

    private final Servers servers;
    private final Effort effort;

    ScatterPart(Servers servers, Effort effort) {
        this.servers = servers;
        this.effort = effort;
    }

    private record Row(String last, String first, String key) {
        static final Comparator<Row> ORDER =
                Comparator.comparing(Row::last).thenComparing(Row::first).thenComparing(Row::key);
    }

    private interface Query<T> {
        T on(Connection connection) throws SQLException;
    }

    Section run() throws SQLException {
        Section section = new Section("Reads over all shards, on PostgreSQL");
        section.text("%d shards, %,d customers, one thread asks. The raw side sums and merges by hand, without a snapshot check."
                .formatted(SHARDS, effort.customers()));
        RingshardConfig config = servers.config(DatabaseKind.POSTGRESQL, SHARDS);
        Ringshard.init(config);
        List<List<String>> rows = new ArrayList<>();
        ExecutorService executor = Executors.newFixedThreadPool(SHARDS);
        try (Shards shards = Shards.open(config.shards());
                Ringshard cluster = Ringshard.open(config);
                BenchThreads threads = new BenchThreads(1, 1, () -> false)) {
            CustomerRepository customers = cluster.customers();
            RunKeys keys = RunKeys.ofNewRun();
            new BenchData(cluster, StoredTables.of(config.bank()), shards.all(), keys).build(effort.customers(), SILENT);
            RawTables raw = RawTables.of(keys, StoredTables.of(config.bank()));
            List<DataSource> pools =
                    shards.all().stream().map(Shard::dataSource).toList();
            AlternatingRounds rounds = new AlternatingRounds(threads, effort.plan(effort.customers()), () -> false);
            rows.add(row(
                    "count",
                    rounds.run(
                            "count",
                            List.of(
                                    random -> check(customers.count() == effort.customers()),
                                    random -> check(count(executor, pools, raw) == effort.customers())),
                            SILENT)));
            rows.add(row(
                    "page of 100",
                    rounds.run(
                            "page",
                            List.of(
                                    random -> check(customers.page(PAGE).customers().size() == PAGE),
                                    random -> check(page(executor, pools, raw).size() == PAGE)),
                            SILENT)));
        } finally {
            executor.shutdown();
        }
        return section.table(List.of("what", "Ringshard", "raw JDBC", "ratio", "p50", "p99", "garbage"), rows);
    }

    private static void check(boolean holds) {
        if (!holds) {
            throw new IllegalStateException("Another number of customers than there are");
        }
    }

    private static List<String> row(String what, List<List<Measurement>> samples) {
        Comparison compared = Comparison.of(Workload.POINT_READ, samples.get(0), samples.get(1));
        return List.of(
                what,
                Format.rate(compared.ringshard().perSecond(), ""),
                Format.rate(compared.other().perSecond(), ""),
                String.format(
                        Locale.ROOT, "**%.2f** (%.2f–%.2f)", compared.ratio(), compared.lowest(), compared.highest()),
                Format.millis(compared.ringshard().p50()),
                Format.millis(compared.ringshard().p99()),
                String.format(Locale.ROOT, "%,d B", compared.ringshard().bytesPerOperation()));
    }

    private static long count(ExecutorService executor, List<DataSource> pools, RawTables raw) {
        return onAll(executor, pools, connection -> {
                    try (PreparedStatement statement =
                                    connection.prepareStatement("SELECT count(*) FROM " + raw.customers());
                            ResultSet row = statement.executeQuery()) {
                        row.next();
                        return row.getLong(1);
                    }
                })
                .stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    private static List<Row> page(ExecutorService executor, List<DataSource> pools, RawTables raw) {
        String sql = "SELECT * FROM %s ORDER BY last_name, first_name, customer_key LIMIT %d"
                .formatted(raw.customers(), PAGE);
        return onAll(executor, pools, connection -> {
                    List<Row> found = new ArrayList<>();
                    try (PreparedStatement statement = connection.prepareStatement(sql);
                            ResultSet row = statement.executeQuery()) {
                        while (row.next()) {
                            found.add(new Row(row.getString(3), row.getString(2), row.getString(1)));
                        }
                    }
                    return found;
                })
                .stream()
                .flatMap(List::stream)
                .sorted(Row.ORDER)
                .limit(PAGE)
                .toList();
    }

    private static <T> List<T> onAll(ExecutorService executor, List<DataSource> pools, Query<T> query) {
        List<Callable<T>> questions = new ArrayList<>();
        for (DataSource pool : pools) {
            questions.add(() -> {
                try (Connection connection = pool.getConnection()) {
                    return query.on(connection);
                }
            });
        }
        try {
            List<T> answers = new ArrayList<>();
            for (Future<T> answer : executor.invokeAll(questions)) {
                answers.add(answer.get());
            }
            return answers;
        } catch (ExecutionException | InterruptedException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
