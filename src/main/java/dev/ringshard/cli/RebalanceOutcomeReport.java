package dev.ringshard.cli;

import dev.ringshard.cli.screen.ExitCode;
import dev.ringshard.cli.screen.NextStep;
import dev.ringshard.cli.screen.Numbers;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.ReportJson;
import dev.ringshard.cli.screen.ScreenStyle;
import dev.ringshard.rebalance.DelayedRows;
import dev.ringshard.rebalance.RebalancePlan;
import dev.ringshard.rebalance.RebalanceReport;
import dev.ringshard.status.WritePauses;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a rebalance did. */
record RebalanceOutcomeReport(RebalancePlan plan, RebalanceReport report, NextStep next) implements Report {
    private static final int MOST_DELAYED = 3;

    @Override
    public ExitCode exitCode() {
        return report.complete() ? ExitCode.DONE : ExitCode.DIFFERENCES;
    }

    @Override
    public List<String> lines(ScreenStyle style) {
        List<String> lines = new ArrayList<>();
        lines.add(report.complete() ? style.good(headline()) : style.bad(headline()));
        if (!report.complete()) {
            lines.add("The rest stays where it is; all keys are served.");
        }
        if (!report.joined().isEmpty()) {
            lines.add("%s part of the cluster now: %s."
                    .formatted(
                            report.joined().size() == 1 ? "This shard is" : "These shards are",
                            String.join(", ", report.joined())));
        }
        if (report.complete() && !emptied().isEmpty()) {
            lines.add(StatusReport.emptied(String.join(", ", emptied())));
        }
        if (report.writePauses().chunks() > 0) {
            lines.add(pauses(report.writePauses()));
        }
        report.delayed().stream()
                .limit(MOST_DELAYED)
                .map(RebalanceOutcomeReport::delayed)
                .forEach(lines::add);
        if (report.delayed().size() > MOST_DELAYED) {
            lines.add("%s more came last for the same reason."
                    .formatted(Numbers.count(report.delayed().size() - MOST_DELAYED, "chunk", "chunks")));
        }
        lines.add("");
        lines.add("Next: " + (report.complete() ? next.command("verify") : next.command("rebalance", "--yes")));
        return lines;
    }

    private List<String> emptied() {
        return plan.shares().stream()
                .filter(share -> share.after() == 0 && share.before() > 0)
                .map(RebalancePlan.Share::shard)
                .toList();
    }

    private String headline() {
        if (plan.moves().isEmpty() && report.complete()) {
            return "Every shard owns what it should. Nothing had to move.";
        }
        String moved = "%s moved in %s, %s"
                .formatted(
                        Numbers.count(report.movedRows(), "row", "rows"),
                        Numbers.time(report.time()),
                        Numbers.rate(report.movedRows(), report.time()));
        return report.complete()
                ? moved + ". Every shard owns what it should."
                : "Stopped on request: %s.".formatted(moved);
    }

    private static String pauses(WritePauses pauses) {
        return "Writes to a chunk that moved waited %s (p50), %s (p99), %s at most, in %s."
                .formatted(
                        Numbers.millis(pauses.median()),
                        Numbers.millis(pauses.p99()),
                        Numbers.millis(pauses.longest()),
                        Numbers.count(pauses.chunks(), "chunk", "chunks"));
    }

    private static String delayed(DelayedRows delayed) {
        boolean isOne = delayed.isAll() && delayed.keys().size() == 1;
        String keys = String.join(", ", delayed.keys()) + (delayed.isAll() ? "" : " and others");
        return "%s of %s came last: other work held %s, and %s moved %s later."
                .formatted(
                        delayed.keys().isEmpty() ? "Some rows" : (isOne ? "Key " : "Keys ") + keys,
                        delayed.shard(),
                        isOne ? "it" : "some",
                        isOne ? "it" : "they",
                        Numbers.time(delayed.late()));
    }

    @Override
    public Map<String, ?> json() {
        return ReportJson.fields()
                .with("complete", report.complete())
                .with("movedRows", report.movedRows())
                .with("plannedRows", report.plannedRows())
                .with("seconds", Numbers.seconds(report.time()))
                .with("rowsPerSecond", Math.round(report.rowsPerSecond()))
                .with("chunks", report.writePauses().chunks())
                .with("writePauseMillis", pauseMillis(report.writePauses()))
                .with(
                        "delayed",
                        report.delayed().stream()
                                .map(RebalanceOutcomeReport::delayedJson)
                                .toList())
                .with("joined", report.joined());
    }

    private static Map<String, ?> delayedJson(DelayedRows delayed) {
        return ReportJson.fields()
                .with("shard", delayed.shard())
                .with("keys", delayed.keys())
                .with("all", delayed.isAll())
                .with("seconds", Numbers.seconds(delayed.late()));
    }

    private static Map<String, ?> pauseMillis(WritePauses pauses) {
        return ReportJson.pauseMillis(pauses.median(), pauses.p99(), pauses.longest());
    }
}
