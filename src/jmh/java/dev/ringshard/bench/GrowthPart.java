package dev.ringshard.bench;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.ring.TokenRange;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What happens to the cost of a call when there are more rows, more ranges, more shards. */
final class GrowthPart {
    private static final int THREADS = 8;
    private static final BenchProgress SILENT = (activity, done, fraction) -> {};

    private final Servers servers;
    private final Effort effort;

    GrowthPart(Servers servers, Effort effort) {
        this.servers = servers;
        this.effort = effort;
    }

    Section run() throws SQLException {
        Section section = new Section("Growth of costs, on PostgreSQL");
        section.text("%d threads. A refresh is what a router does when a shard tells it that it is wrong: it asks all shards what they own."
                .formatted(THREADS));
        List<String> columns = List.of("", "point read", "p50", "deposit", "p50", "refresh");
        List<List<String>> rows = new ArrayList<>();
        for (int customers : List.of(effort.grown() / 100, effort.grown() / 10, effort.grown())) {
            rows.add(row("%,d customers, 2 shards".formatted(customers), 2, customers, 0));
        }
        for (int ranges : List.of(64, 1_024, 16_384)) {
            rows.add(row("%,d ranges on the one shard".formatted(ranges), 1, effort.grown() / 100, ranges));
        }
        for (int shards : List.of(1, 4, 16)) {
            rows.add(row("%d %s".formatted(shards, shards == 1 ? "shard" : "shards"), shards, effort.grown() / 100, 0));
        }
        return section.table(columns, rows);
    }

    /** @param ranges 0 for as many as a new cluster has */
    private List<String> row(String what, int shardCount, int customers, int ranges) throws SQLException {
        RingshardConfig config = servers.config(DatabaseKind.POSTGRESQL, shardCount);
        Ringshard.init(config);
        try (Shards shards = Shards.open(config.shards())) {
            if (ranges > 0) {
                cut(shards.all().iterator().next(), ranges);
            }
            try (Ringshard cluster = Ringshard.open(config);
                    BenchThreads threads = new BenchThreads(THREADS, 1, () -> false)) {
                RunKeys keys = RunKeys.ofNewRun();
                RingshardContender side =
                        new RingshardContender(cluster.customers(), keys, keys.first(customers));
                side.fill(SILENT);
                AlternatingRounds rounds = new AlternatingRounds(threads, effort.plan(customers), () -> false);
                Figures read = Figures.of(
                        rounds.run(Workload.POINT_READ, List.of(side), SILENT).get(0));
                Figures deposit = Figures.of(
                        rounds.run(Workload.DEPOSIT, List.of(side), SILENT).get(0));
                return List.of(
                        what,
                        Format.rate(read.perSecond(), ""),
                        Format.millis(read.p50()),
                        Format.rate(deposit.perSecond(), ""),
                        Format.millis(deposit.p50()),
                        Format.millis(refresh(cluster)));
            }
        }
    }

    private static Duration refresh(Ringshard cluster) {
        List<Double> nanos = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            long start = System.nanoTime();
            cluster.router().refresh();
            nanos.add((double) (System.nanoTime() - start));
        }
        return Duration.ofNanos(Math.round(Figures.median(nanos)));
    }

    /** As if many handovers had left so many ranges. */
    private static void cut(Shard shard, int ranges) throws SQLException {
        try (Connection connection = shard.dataSource().getConnection();
                Statement statement = connection.createStatement();
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO ringshard.owned_range (first_token, last_token, epoch) VALUES (?, ?, 1)")) {
            statement.execute("DELETE FROM ringshard.owned_range");
            for (TokenRange range : TokenRange.ALL.split(ranges)) {
                insert.setLong(1, range.first());
                insert.setLong(2, range.last());
                insert.addBatch();
            }
            insert.executeBatch();
            statement.execute("ANALYZE ringshard.owned_range");
        }
    }
}
