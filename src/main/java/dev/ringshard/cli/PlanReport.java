package dev.ringshard.cli;

import dev.ringshard.cli.screen.ExitCode;
import dev.ringshard.cli.screen.NextStep;
import dev.ringshard.cli.screen.Numbers;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.ReportJson;
import dev.ringshard.cli.screen.ScreenStyle;
import dev.ringshard.cli.screen.ScreenTable;
import dev.ringshard.rebalance.RebalancePlan;
import dev.ringshard.rebalance.RebalancePlan.Share;
import dev.ringshard.rebalance.RebalanceSettings;
import dev.ringshard.rebalance.ShardMove;
import dev.ringshard.ring.RingStrategies;
import dev.ringshard.status.PinnedKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a rebalance with these settings would do.
 *
 * @param rebalance the command that does it
 */
record PlanReport(RebalancePlan plan, RebalanceSettings settings, String rebalance, NextStep next) implements Report {

    @Override
    public ExitCode exitCode() {
        return plan.isEmpty() ? ExitCode.DONE : ExitCode.DIFFERENCES;
    }

    @Override
    public List<String> lines(ScreenStyle style) {
        List<String> lines = new ArrayList<>(planned(style));
        lines.addAll(Remarks.lines(plan.remarks()));
        lines.add("");
        lines.add("Next: " + (plan.isEmpty() ? next.command("status") : rebalance));
        return lines;
    }

    /** Without what to run next. */
    List<String> planned(ScreenStyle style) {
        List<String> lines = new ArrayList<>();
        lines.add(style.strong("Plan for cluster " + plan.cluster()) + " · " + plan.strategy());
        lines.add("");
        lines.addAll(shares(style).lines(style));
        lines.add("");
        lines.addAll(PinnedKeys.lines(plan.pins(), style));
        lines.addAll(balance().lines(style));
        if (plan.moves().isEmpty()) {
            lines.add(
                    plan.isEmpty()
                            ? style.good("Every shard owns what it should. Nothing has to move.")
                            : "Nothing has to move; the new shard takes part from then on.");
            return lines;
        }
        lines.addAll(moves().lines(style));
        lines.add("");
        lines.add("%s of the ring moves: %s in %s, about %s."
                .formatted(
                        Numbers.percent(plan.movedShare()),
                        Numbers.count(plan.rows(), "row", "rows"),
                        Numbers.count(plan.ranges(), "range", "ranges"),
                        Numbers.bytes(plan.bytes())));
        lines.add("It takes %s %s, at %s for each pair of shards%s."
                .formatted(
                        plan.speed().measured() ? "about" : "up to about",
                        Numbers.time(plan.expectedTime(settings)),
                        speed(Math.round(plan.speed().rowsPerSecond())),
                        settings.rowsPerSecond().isEmpty()
                                ? ""
                                : " and at most "
                                        + speed(settings.rowsPerSecond().getAsLong()) + " in all"));
        if (plan.speed().measured()) {
            lines.add("That speed was measured when rows last moved.");
        } else {
            lines.add("That speed is a careful guess: no shard has on record how fast rows moved from it.");
            lines.add("A machine that is not busy can be fifty times as fast.");
        }
        return lines;
    }

    private RowBalanceScreen balance() {
        return new RowBalanceScreen(
                plan.balance(),
                RingStrategies.named(plan.strategy()).dependsOnRows(),
                plan.pins().stream().map(PinnedKey::key).collect(Collectors.toSet()));
    }

    private static String speed(long rows) {
        return Numbers.count(rows, "row a second", "rows a second");
    }

    private ScreenTable shares(ScreenStyle style) {
        double longest = plan.shares().stream()
                .mapToDouble(share -> Math.max(share.before(), share.after()))
                .max()
                .orElse(0);
        ScreenTable table = new ScreenTable()
                .left("shard")
                .right("weight")
                .right("now")
                .left("")
                .right("then")
                .left("")
                .left("");
        for (Share share : plan.shares()) {
            table.row(
                    share.shard(),
                    Numbers.plain(share.weight()),
                    Numbers.percent(share.before()),
                    style.bar(share.before(), longest),
                    Numbers.percent(share.after()),
                    style.bar(share.after(), longest),
                    what(share));
        }
        return table;
    }

    private static String what(Share share) {
        if (share.joins()) {
            return "joins";
        }
        return share.weight() == 0 && share.before() > share.after() ? "drains" : "";
    }

    private ScreenTable moves() {
        ScreenTable table = new ScreenTable()
                .left("from")
                .left("to")
                .right("ranges")
                .right("rows")
                .right("about");
        for (ShardMove move : plan.moves()) {
            table.row(
                    move.source(),
                    move.target(),
                    Numbers.count(move.pieces().size()),
                    Numbers.count(move.rows()),
                    Numbers.bytes(move.bytes()));
        }
        return table;
    }

    @Override
    public Map<String, ?> json() {
        return ReportJson.fields()
                .with("cluster", plan.cluster())
                .with("strategy", plan.strategy())
                .with("empty", plan.isEmpty())
                .with("movedShare", plan.movedShare())
                .with("rows", plan.rows())
                .with("ranges", plan.ranges())
                .with("bytes", plan.bytes())
                .with("expectedSeconds", Numbers.seconds(plan.expectedTime(settings)))
                .with("speedMeasured", plan.speed().measured())
                .with("remarks", plan.remarks())
                .with("shards", plan.shares().stream().map(PlanReport::json).toList())
                .with("moves", plan.moves().stream().map(PlanReport::json).toList())
                .with("pins", PinnedKeys.json(plan.pins()))
                .with("balance", RowBalanceScreen.json(plan.balance()));
    }

    private static Map<String, ?> json(Share share) {
        return ReportJson.fields()
                .with("name", share.shard())
                .with("weight", share.weight())
                .with("joins", share.joins())
                .with("shareBefore", share.before())
                .with("shareAfter", share.after());
    }

    private static Map<String, ?> json(ShardMove move) {
        return ReportJson.fields()
                .with("source", move.source())
                .with("target", move.target())
                .with("rows", move.rows())
                .with("bytes", move.bytes())
                .with(
                        "ranges",
                        move.pieces().stream()
                                .map(piece -> ReportJson.fields()
                                        .with(
                                                "first",
                                                String.valueOf(piece.range().first()))
                                        .with(
                                                "last",
                                                String.valueOf(piece.range().last()))
                                        .with("rows", piece.rows()))
                                .toList());
    }
}
