package dev.ringshard.cli;

import dev.ringshard.cli.screen.ExitCode;
import dev.ringshard.cli.screen.NextStep;
import dev.ringshard.cli.screen.Numbers;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.ReportJson;
import dev.ringshard.cli.screen.ScreenStyle;
import dev.ringshard.cli.screen.ScreenTable;
import dev.ringshard.status.ClusterStatus;
import dev.ringshard.status.ClusterStatus.ShardStatus;
import dev.ringshard.status.InitOutcome;
import dev.ringshard.status.InitOutcome.Fenced;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What an init did, and the share of the ring that each shard owns now.
 *
 * @param hasBank whether the built-in bank is on, which can be loaded
 */
record InitReport(InitOutcome outcome, ClusterStatus status, boolean hasBank, NextStep next) implements Report {

    /** What was done is done; and yet a shard that was set back, say, needs a decision. */
    @Override
    public ExitCode exitCode() {
        return status.problem().isEmpty() ? ExitCode.DONE : ExitCode.DIFFERENCES;
    }

    @Override
    public List<String> lines(ScreenStyle style) {
        List<String> lines = new ArrayList<>();
        lines.add(style.good(headline()));
        lines.addAll(fenced());
        lines.add("");
        lines.addAll(table(style).lines(style));
        lines.add("");
        if (status.problem().isPresent()) {
            lines.add(style.bad(status.problem().get()));
            lines.add("");
            lines.add("Next: " + next.command("status"));
            return lines;
        }
        if (!newcomers().isEmpty()) {
            lines.add("New, and left alone: %s. It joins by a rebalance, not by init.".formatted(newcomers()));
            lines.add("Next: " + next.command("plan"));
            return lines;
        }
        lines.add("Next: " + (hasBank ? load(next) : next.command("status")));
        return lines;
    }

    /** Of the bank, which begins with its customers. */
    static String load(NextStep next) {
        return next.command("load", "--customers FILE.csv --transactions FILE.csv");
    }

    private String newcomers() {
        return status.shards().stream()
                .filter(shard -> shard.state() == ClusterStatus.State.NEW)
                .map(ShardStatus::name)
                .collect(Collectors.joining(", "));
    }

    private String headline() {
        String cluster = "Cluster " + status.cluster();
        String migrations = Numbers.count(outcome.migrations(), "migration ran", "migrations ran");
        if (!outcome.founded().isEmpty()) {
            return "%s is initialised: %s, %s of its %s got a part of the ring."
                    .formatted(
                            cluster,
                            migrations,
                            Numbers.count(outcome.founded().size()),
                            Numbers.count(status.shards().size(), "shard", "shards"));
        }
        return outcome.migrations() == 0 && outcome.fenced().isEmpty()
                ? cluster + " was already initialised; nothing changed."
                : "%s was already initialised; %s, ownership did not change.".formatted(cluster, migrations);
    }

    /** A line for each table that was fenced. */
    private List<String> fenced() {
        Map<String, List<String>> shardsByTable = outcome.fenced().stream()
                .collect(Collectors.groupingBy(
                        Fenced::table, LinkedHashMap::new, Collectors.mapping(Fenced::shard, Collectors.toList())));
        return shardsByTable.entrySet().stream()
                .map(table -> "Fenced: %s on %s.".formatted(table.getKey(), shards(table.getValue())))
                .toList();
    }

    private String shards(List<String> shards) {
        return shards.size() == status.shards().size() && shards.size() > 1 ? "all shards" : String.join(", ", shards);
    }

    private ScreenTable table(ScreenStyle style) {
        double longest =
                status.shards().stream().mapToDouble(ShardStatus::share).max().orElse(0);
        ScreenTable table = new ScreenTable()
                .left("shard")
                .right("share of the ring")
                .left("")
                .right("ranges")
                .right("schema");
        for (ShardStatus shard : status.shards()) {
            table.row(
                    shard.name(),
                    Numbers.percent(shard.share()),
                    style.bar(shard.share(), longest),
                    Numbers.count(shard.ranges().orElse(0)),
                    shard.schemaVersion().orElse("–"));
        }
        return table;
    }

    @Override
    public Map<String, ?> json() {
        return ReportJson.fields()
                .with("cluster", status.cluster())
                .with("migrations", outcome.migrations())
                .with("problem", status.problem().orElse(null))
                .with(
                        "fenced",
                        outcome.fenced().stream()
                                .map(fenced -> ReportJson.fields()
                                        .with("shard", fenced.shard())
                                        .with("table", fenced.table()))
                                .toList())
                .with("founded", outcome.founded())
                .with("shards", status.shards().stream().map(InitReport::json).toList());
    }

    private static Map<String, ?> json(ShardStatus shard) {
        return ReportJson.fields()
                .with("name", shard.name())
                .with("share", shard.share())
                .with("ranges", shard.ranges().orElse(0))
                .with("schemaVersion", shard.schemaVersion().orElse(null));
    }
}
