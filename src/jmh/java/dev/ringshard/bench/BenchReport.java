package dev.ringshard.bench;

import dev.ringshard.cli.screen.ExitCode;
import dev.ringshard.cli.screen.NextStep;
import dev.ringshard.cli.screen.Numbers;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.ReportJson;
import dev.ringshard.cli.screen.ScreenStyle;
import dev.ringshard.cli.screen.ScreenTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a cluster did in how much time.
 *
 * @param comparisons one for each kind of work; fewer if it was stopped
 */
record BenchReport(Setup setup, List<Comparison> comparisons, NextStep next) implements Report {

    /**
     * What was asked for.
     *
     * @param owners how many shards
     * @param isKept whether what the run has stored is still there
     */
    record Setup(String cluster, int owners, BenchSettings settings, String run, boolean isKept) {}

    private boolean isComplete() {
        return comparisons.size() == Workload.values().length;
    }

    @Override
    public ExitCode exitCode() {
        return isComplete() ? ExitCode.DONE : ExitCode.FAILED;
    }

    @Override
    public List<String> lines(ScreenStyle style) {
        List<String> lines = new ArrayList<>();
        lines.add("Cluster %s · %s · %s · %s · %d rounds of %s for each"
                .formatted(
                        setup.cluster(),
                        Numbers.count(setup.owners(), "shard", "shards"),
                        Numbers.count(setup.settings().threads(), "thread", "threads"),
                        Numbers.count(setup.settings().customers(), "customer", "customers"),
                        BenchSettings.ROUNDS,
                        Numbers.millis(setup.settings().slice())));
        lines.add("");
        if (!comparisons.isEmpty()) {
            lines.addAll(table().lines(style));
            lines.add("");
            lines.add(
                    "Ratio: Ringshard's rate to that of raw JDBC, by turns on the same connections; the median round,");
            lines.add("and the lowest and highest. Raw JDBC has no fence, and writes to tables of its own.");
        }
        if (!isComplete()) {
            lines.add(style.bad("Stopped on request."));
        }
        lines.add(
                setup.isKept()
                        ? "What the run stored is still there."
                        : "What the run stored is removed; no other customer was touched.");
        lines.add("Next: " + (setup.isKept() ? removal(next, setup.run()) : next.command("status")));
        return lines;
    }

    /** What removes a run that was kept. */
    static String removal(NextStep next, String run) {
        return "the same with -Dbench=\"cluster --config %s --remove %s\"".formatted(next.config(), run);
    }

    private ScreenTable table() {
        ScreenTable table = new ScreenTable()
                .left("work")
                .left("by")
                .right("rate")
                .right("p50")
                .right("p99")
                .right("p99.9")
                .right("ratio")
                .right("from")
                .right("to");
        for (Comparison one : comparisons) {
            table.row(row(
                    name(one.work()),
                    "Ringshard",
                    one.ringshard(),
                    ratio(one.ratio()),
                    ratio(one.lowest()),
                    ratio(one.highest())));
            table.row(row("", "raw JDBC", one.other(), "", "", ""));
        }
        return table;
    }

    private String name(Workload work) {
        return work == Workload.MIX ? "mix " + setup.settings().mix() : work.text();
    }

    private static String[] row(String work, String by, Figures figures, String ratio, String lowest, String highest) {
        return new String[] {
            work,
            by,
            Numbers.count(Math.round(figures.perSecond())) + "/s",
            millis(figures.p50()),
            millis(figures.p99()),
            millis(figures.p999()),
            ratio,
            lowest,
            highest
        };
    }

    /** Such as {@code 0.24 ms}. */
    private static String millis(Duration time) {
        return String.format(Locale.ROOT, "%,.2f ms", time.toNanos() / 1e6);
    }

    private static String ratio(double ratio) {
        return String.format(Locale.ROOT, "%.2f", ratio);
    }

    @Override
    public Map<String, ?> json() {
        return ReportJson.fields()
                .with("cluster", setup.cluster())
                .with("complete", isComplete())
                .with("run", setup.run())
                .with("kept", setup.isKept())
                .with("shards", setup.owners())
                .with("threads", setup.settings().threads())
                .with("seconds", Numbers.seconds(setup.settings().time()))
                .with("customers", setup.settings().customers())
                .with("mix", setup.settings().mix().toString())
                .with("rounds", BenchSettings.ROUNDS)
                .with("works", comparisons.stream().map(BenchReport::json).toList());
    }

    private static Map<String, ?> json(Comparison one) {
        return ReportJson.fields()
                .with("name", one.work().text())
                .with("ratio", rounded(one.ratio()))
                .with("lowestRatio", rounded(one.lowest()))
                .with("highestRatio", rounded(one.highest()))
                .with("ringshard", json(one.ringshard()))
                .with("raw", json(one.other()));
    }

    private static Map<String, ?> json(Figures figures) {
        return ReportJson.fields()
                .with("perSecond", Math.round(figures.perSecond()))
                .with(
                        "millis",
                        ReportJson.fields()
                                .with("p50", Numbers.exactMillis(figures.p50()))
                                .with("p99", Numbers.exactMillis(figures.p99()))
                                .with("p999", Numbers.exactMillis(figures.p999())))
                .with("bytesPerOperation", figures.bytesPerOperation());
    }

    private static double rounded(double ratio) {
        return Math.round(1000 * ratio) / 1000.0;
    }
}
