package dev.ringshard.cli;

import dev.ringshard.rebalance.RebalancePlan;
import dev.ringshard.rebalance.RebalancePlan.Share;
import dev.ringshard.rebalance.RebalanceSettings;
import dev.ringshard.rebalance.ShardMove;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a rebalance with these settings would do. */
record PlanReport(RebalancePlan plan, RebalanceSettings settings, Next next) implements Report {

    @Override
    public ExitCode exitCode() {
        return plan.isEmpty() ? ExitCode.DONE : ExitCode.DIFFERENCES;
    }

    @Override
    public List<String> lines(Look look) {
        List<String> lines = new ArrayList<>(planned(look));
        lines.add("");
        lines.add("Next: " + (plan.isEmpty() ? next.command("status") : next.command("rebalance", "--yes")));
        return lines;
    }

    /** Without what to run next. */
    List<String> planned(Look look) {
        List<String> lines = new ArrayList<>();
        lines.add(look.strong("Plan for cluster " + plan.cluster()) + " · " + plan.strategy());
        lines.add("");
        lines.addAll(shares(look).lines(look));
        lines.add("");
        if (plan.transfers().isEmpty()) {
            lines.add(
                    plan.isEmpty()
                            ? look.good("Every shard owns what it should. Nothing has to move.")
                            : "Nothing has to move; the new shard takes part from then on.");
            return lines;
        }
        lines.addAll(transfers().lines(look));
        lines.add("");
        lines.add("%s of the ring moves: %s in %s, about %s."
                .formatted(
                        Numbers.percent(plan.movedShare()),
                        Numbers.count(plan.rows(), "row", "rows"),
                        Numbers.count(plan.ranges(), "range", "ranges"),
                        Numbers.bytes(plan.bytes())));
        lines.add("It takes about %s, at %s for each pair of shards%s."
                .formatted(
                        Numbers.time(plan.expectedTime(settings)),
                        speed(Math.round(plan.speed().rowsPerSecond())),
                        settings.rowsPerSecond().isEmpty()
                                ? ""
                                : " and at most "
                                        + speed(settings.rowsPerSecond().getAsLong()) + " in all"));
        lines.add(
                plan.speed().measured()
                        ? "That speed was measured when rows last moved."
                        : "That speed is a guess: nothing has moved from these shards yet.");
        return lines;
    }

    private static String speed(long rows) {
        return Numbers.count(rows, "row a second", "rows a second");
    }

    private Table shares(Look look) {
        double longest = plan.shares().stream()
                .mapToDouble(share -> Math.max(share.before(), share.after()))
                .max()
                .orElse(0);
        Table table = new Table()
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
                    look.bar(share.before(), longest),
                    Numbers.percent(share.after()),
                    look.bar(share.after(), longest),
                    what(share));
        }
        return table;
    }

    private static String what(Share share) {
        if (share.joins()) {
            return "joins";
        }
        return share.weight() == 0 && share.before() > 0 ? "drains" : "";
    }

    private Table transfers() {
        Table table = new Table()
                .left("from")
                .left("to")
                .right("ranges")
                .right("rows")
                .right("about");
        for (ShardMove transfer : plan.transfers()) {
            table.row(
                    transfer.source(),
                    transfer.target(),
                    Numbers.count(transfer.pieces().size()),
                    Numbers.count(transfer.rows()),
                    Numbers.bytes(transfer.bytes()));
        }
        return table;
    }

    @Override
    public Map<String, ?> json() {
        return Json.fields()
                .with("cluster", plan.cluster())
                .with("strategy", plan.strategy())
                .with("empty", plan.isEmpty())
                .with("movedShare", plan.movedShare())
                .with("rows", plan.rows())
                .with("ranges", plan.ranges())
                .with("bytes", plan.bytes())
                .with("expectedSeconds", Numbers.seconds(plan.expectedTime(settings)))
                .with("speedMeasured", plan.speed().measured())
                .with("shards", plan.shares().stream().map(PlanReport::json).toList())
                .with(
                        "transfers",
                        plan.transfers().stream().map(PlanReport::json).toList());
    }

    private static Map<String, ?> json(Share share) {
        return Json.fields()
                .with("name", share.shard())
                .with("weight", share.weight())
                .with("joins", share.joins())
                .with("shareBefore", share.before())
                .with("shareAfter", share.after());
    }

    private static Map<String, ?> json(ShardMove transfer) {
        return Json.fields()
                .with("source", transfer.source())
                .with("target", transfer.target())
                .with("rows", transfer.rows())
                .with("bytes", transfer.bytes())
                .with(
                        "ranges",
                        transfer.pieces().stream()
                                .map(piece -> Json.fields()
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
