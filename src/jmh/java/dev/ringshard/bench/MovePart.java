package dev.ringshard.bench;

import dev.ringshard.Ringshard;
import dev.ringshard.config.BankConfig;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.rebalance.RebalanceReport;
import dev.ringshard.rebalance.Rebalancer;
import dev.ringshard.rebalance.ShardMove;
import dev.ringshard.routing.FencedStatement;
import dev.ringshard.testing.TestDatabase;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A shard joins three others: rows a second against the same rows piped by plain COPY, the pauses of writers, and what the
 * foreground does before, during and after.
 */
final class MovePart {
    private static final int SHARDS = 3;
    private static final int THREADS = 8;
    private static final int WRITERS_OF_ONE_KEY = 4;
    private static final Duration WARM_UP = Duration.ofSeconds(3);
    private static final Duration WINDOW = Duration.ofMillis(500);
    private static final BenchProgress SILENT = (activity, done, fraction) -> {};
    private static final Map<String, String> TABLES = Map.of("customers", "ring_token", "account_entries", "ring_token");

    private final Servers servers;
    private final Effort effort;

    MovePart(Servers servers, Effort effort) {
        this.servers = servers;
        this.effort = effort;
    }

    Section run() throws SQLException, IOException {
        Section section = new Section("Moving rows: a shard joins three others on PostgreSQL");
        section.text("%,d customers with one entry each.".formatted(effort.moved()));
        List<List<String>> rows = new ArrayList<>();
        idle(rows);
        Foreground foreground = busy(rows);
        heavyKey(rows);
        section.table(
                List.of("the shard joins while", "rows", "rate", "writes waited p50", "p99", "at most", "chunks"), rows);
        section.table(
                List.of("foreground: mix 90:10, %d threads".formatted(THREADS), "rate", "of before", "p99", "p99.9"),
                foreground.rows());
        section.picture("bench-foreground.svg", foreground.title(), foreground.picture());
        return section;
    }

    private RingshardConfig filled() {
        RingshardConfig config = servers.config(DatabaseKind.POSTGRESQL, SHARDS);
        Ringshard.init(config);
        return config;
    }

    private void idle(List<List<String>> rows) throws SQLException, IOException {
        RingshardConfig config = filled();
        RunKeys keys = RunKeys.ofNewRun();
        try (Ringshard bank = Ringshard.open(config)) {
            new RingshardContender(bank.customers(), keys, keys.first(effort.moved())).fill(SILENT);
            ShardConfig joining = servers.shard(DatabaseKind.POSTGRESQL, "eu-4");
            double piped = piped(config, joining);
            bank.addShard(joining.withWeight(0)); // its tables are made before, as those of the plain copy
            RebalanceReport report = rebalanced(config.withShard(joining));
            rows.add(row("nobody works", report));
            rows.add(List.of(
                    "the same rows by plain COPY, piped, one after the other",
                    Format.count(report.movedRows()),
                    Format.rate(piped, "rows"),
                    "",
                    "",
                    "",
                    ""));
        }
    }

    /** All of a table is one key's, but for a few rows; it is written to while it moves. */
    private void heavyKey(List<List<String>> rows) throws SQLException {
        RingshardConfig.Builder founder = RingshardConfig.builder("shop")
                .bank(BankConfig.OFF)
                .table(ShardedTable.byKey("items", "tenant_id"));
        List<ShardConfig> shards = servers.config(DatabaseKind.POSTGRESQL, 2).shards();
        for (ShardConfig shard : shards) {
            try (Connection connection = PipedCopy.connect(shard);
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE items (tenant_id text, id bigint, n int NOT NULL, word text, PRIMARY KEY (tenant_id, id))");
            }
        }
        RingshardConfig config = founder.shard(shards.get(0)).build();
        Ringshard.init(config);
        try (Connection connection = PipedCopy.connect(shards.get(0));
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO items SELECT 'giant', i, 0, 'a word or two' FROM generate_series(1, %d) i".formatted(effort.grown()));
            statement.execute("VACUUM ANALYZE items");
        }
        FencedStatement update = FencedStatement.ofRows("UPDATE items SET n = n + 1 WHERE tenant_id = ? AND id = ?");
        try (Ringshard shop = Ringshard.open(config);
                BenchThreads threads = new BenchThreads(WRITERS_OF_ONE_KEY, 1, () -> false)) {
            shop.addShard(shards.get(1).withWeight(0));
            BenchThreads.Operation write = random ->
                    shop.router().update("giant", update, "giant", 1L + random.nextInt(effort.grown()));
            threads.work(WARM_UP, write);
            CompletableFuture<RebalanceReport> move = CompletableFuture.supplyAsync(() -> shop.pin("giant", "eu-2"));
            Duration longest = Duration.ZERO;
            while (!move.isDone()) {
                Duration slowest = threads.work(WINDOW, write).percentile(100);
                longest = slowest.compareTo(longest) > 0 ? slowest : longest;
            }
            rows.add(row(
                    "a key of %,d rows goes to its pin, %d threads write to it; the slowest update took %s"
                            .formatted(effort.grown(), WRITERS_OF_ONE_KEY, Format.millis(longest)),
                    move.join()));
        }
    }

    private static RebalanceReport rebalanced(RingshardConfig config) {
        try (Ringshard bank = Ringshard.open(config)) {
            Rebalancer rebalancer = bank.rebalancer();
            return rebalancer.run(rebalancer.plan(), progress -> {});
        }
    }

    private static List<String> row(String when, RebalanceReport report) {
        return List.of(
                when,
                Format.count(report.movedRows()),
                "**%s**".formatted(Format.rate(report.rowsPerSecond(), "rows")),
                Format.millis(report.writePauses().median()),
                Format.millis(report.writePauses().p99()),
                Format.millis(report.writePauses().longest()),
                Format.count(report.writePauses().chunks()));
    }

    /** Rows a second of the rows that will move, copied by hand into tables with the same keys and indexes. */
    private double piped(RingshardConfig config, ShardConfig joining) throws SQLException, IOException {
        TestDatabase target = servers.fresh(DatabaseKind.POSTGRESQL);
        RingshardConfig planned = config.withShard(joining);
        try (Ringshard after = Ringshard.open(planned);
                Connection to = target.connect();
                Statement statement = to.createStatement()) {
            List<ShardMove> moves = after.rebalancer().plan().moves();
            statement.execute(PlainTables.SQL);
            return PipedCopy.of(config, moves, TABLES, to);
        }
    }

    private Foreground busy(List<List<String>> rows) {
        RingshardConfig config = filled();
        RunKeys keys = RunKeys.ofNewRun();
        try (Ringshard bank = Ringshard.open(config);
                BenchThreads threads = new BenchThreads(THREADS, 1, () -> false)) {
            RingshardContender side = new RingshardContender(bank.customers(), keys, keys.first(effort.moved()));
            side.fill(SILENT);
            Foreground foreground = new Foreground(threads, side, effort.moved(), WINDOW);
            foreground.warmUp(6);
            foreground.watch("before", 10);
            ShardConfig joining = servers.shard(DatabaseKind.POSTGRESQL, "eu-4");
            CompletableFuture<RebalanceReport> move = CompletableFuture.supplyAsync(() -> bank.addShard(joining));
            foreground.watchWhile("during", () -> !move.isDone());
            foreground.watch("after", 10);
            rows.add(row("%d threads work".formatted(THREADS), move.join()));
            return foreground;
        }
    }
}
