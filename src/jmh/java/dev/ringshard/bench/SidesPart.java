package dev.ringshard.bench;

import com.zaxxer.hikari.HikariDataSource;
import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.Shards;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import javax.sql.DataSource;

/** Point read, deposit, insert and the mix, by Ringshard, raw JDBC and a peer, by turns on pools of the same size. */
final class SidesPart {
    private static final int SHARDS = 2;
    private static final BenchProgress SILENT = (activity, done, fraction) -> {};

    private static final String PEER = " ShardingSphere-JDBC does the work of the raw side on pools of the same size; it refuses"
            + " the one statement that deposits, or inserts, and so takes two in a transaction.";

    private final Servers servers;
    private final Effort effort;

    SidesPart(Servers servers, Effort effort) {
        this.servers = servers;
        this.effort = effort;
    }

    Section run(DatabaseKind kind) throws SQLException {
        String database = name(kind);
        Section section = new Section(database + ": Ringshard and others by turns");
        section.text("""
                Two shards, %,d customers, %d rounds of %d ms for each side once all are warm. A ratio is the rate to \
                that of raw JDBC in the same round: the median of the rounds (lowest to highest). Garbage is what a call \
                makes in the thread that calls.%s""".formatted(effort.customers(), effort.rounds(), effort.slice().toMillis(), kind == DatabaseKind.POSTGRESQL ? PEER : ""));
        RingshardConfig config = servers.config(kind, SHARDS);
        Ringshard.init(config);
        try (Shards shards = Shards.open(config.shards());
                Ringshard cluster = Ringshard.open(config)) {
            List<Shard> all = List.copyOf(shards.all());
            RunKeys keys = RunKeys.ofNewRun();
            List<Contender> sides = new ArrayList<>(
                    new BenchData(cluster, StoredTables.of(config.bank()), all, keys).build(effort.customers(), SILENT));
            if (kind == DatabaseKind.POSTGRESQL) {
                sides.add(Peer.on(all, config.shards(), keys, keys.first(effort.customers())));
            }
            warm(all);
            AtomicLong numbers = new AtomicLong();
            for (int threads : effort.threads()) {
                measure(section, kind, threads, sides, numbers);
            }
        }
        return section;
    }

    /** All connections are there before anything counts. */
    private static void warm(List<Shard> shards) {
        for (Shard shard : shards) {
            DataSource pool = shard.dataSource();
            if (pool instanceof HikariDataSource hikari) {
                hikari.setMinimumIdle(hikari.getMaximumPoolSize());
            }
        }
    }

    private static String name(DatabaseKind kind) {
        return kind == DatabaseKind.POSTGRESQL ? "PostgreSQL" : "H2 in memory";
    }

    private void measure(Section section, DatabaseKind kind, int threads, List<Contender> sides, AtomicLong numbers) {
        List<List<String>> rows = new ArrayList<>();
        String title = "%d %s on %s, operations a second".formatted(threads, threads == 1 ? "thread" : "threads", name(kind));
        BarChart chart = new BarChart(title, sides.stream().map(Contender::name).toList());
        try (BenchThreads workers = new BenchThreads(threads, 1, () -> false)) {
            AlternatingRounds rounds = new AlternatingRounds(workers, effort.plan(effort.customers()), () -> false, numbers);
            rounds.run(Workload.MIX, sides, SILENT); // whoever brings more code takes longer to get warm
            for (Workload work : Workload.values()) {
                List<List<Measurement>> samples = rounds.run(work, sides, SILENT);
                List<Comparison> toRaw = samples.stream()
                        .map(side -> Comparison.of(work, side, samples.get(1)))
                        .toList();
                chart.group(
                        name(work),
                        toRaw.stream().map(one -> one.ringshard().perSecond()).toList());
                IntStream.range(0, sides.size())
                        .forEach(side -> rows.add(row(work, sides.get(side).name(), toRaw.get(side))));
                rows.subList(rows.size() - sides.size(), rows.size()).forEach(System.err::println);
            }
        }
        section.text("**%d %s**".formatted(threads, threads == 1 ? "thread" : "threads"));
        section.table(List.of("work", "by", "rate", "ratio", "p50", "p99", "p99.9", "garbage"), rows);
        section.picture(
                "bench-%s-%d.svg".formatted(kind.name().toLowerCase(Locale.ROOT), threads), title, chart.svg());
    }

    private static String name(Workload work) {
        return work == Workload.MIX ? "mix " + Mix.MOSTLY_READS : work.text();
    }

    private static List<String> row(Workload work, String side, Comparison toRaw) {
        Figures figures = toRaw.ringshard();
        UnaryOperator<String> ratio = format -> String.format(
                Locale.ROOT, format, toRaw.ratio(), toRaw.lowest(), toRaw.highest());
        return List.of(
                name(work),
                side,
                String.format(Locale.ROOT, "%,.0f/s", figures.perSecond()),
                side.equals(RawContender.NAME) ? "1" : ratio.apply("**%.2f** (%.2f–%.2f)"),
                Format.millis(figures.p50()),
                Format.millis(figures.p99()),
                Format.millis(figures.p999()),
                String.format(Locale.ROOT, "%,d B", figures.bytesPerOperation()));
    }
}
