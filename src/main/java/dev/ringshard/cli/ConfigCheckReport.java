package dev.ringshard.cli;

import dev.ringshard.cli.screen.ExitCode;
import dev.ringshard.cli.screen.NextStep;
import dev.ringshard.cli.screen.Numbers;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.ReportJson;
import dev.ringshard.cli.screen.ScreenStyle;
import dev.ringshard.cli.screen.ScreenTable;
import dev.ringshard.config.RingConfig;
import dev.ringshard.status.ClusterCheck;
import dev.ringshard.status.ClusterCheck.ShardCheck;
import dev.ringshard.status.ClusterCheck.State;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The state of each database of a configuration, and what does not fit. */
record ConfigCheckReport(Path file, RingConfig ring, ClusterCheck check, NextStep next) implements Report {
    private static final String UNKNOWN = "–";

    @Override
    public ExitCode exitCode() {
        if (check.has(State.WRONG)) {
            return ExitCode.USAGE;
        }
        if (check.has(State.DOWN)) {
            return ExitCode.FAILED;
        }
        if (check.concern().isPresent()) {
            return switch (check.concern().get()) {
                case CONFIGURATION, TABLES -> ExitCode.USAGE;
                case DEFINITIONS, SET_BACK, OWNERSHIP -> ExitCode.DIFFERENCES;
            };
        }
        return check.isSound() ? ExitCode.DONE : ExitCode.DIFFERENCES;
    }

    @Override
    public List<String> lines(ScreenStyle style) {
        List<String> lines = new ArrayList<>();
        lines.add(style.strong("Cluster " + check.cluster())
                + " · %s · %s, %s virtual nodes for a weight of 1, strategy %s"
                        .formatted(
                                Numbers.count(check.shards().size(), "shard", "shards"),
                                ring.hash().name(),
                                Numbers.count(ring.virtualNodes()),
                                ring.strategy().name()));
        lines.add("");
        lines.addAll(table().lines(style));
        lines.add("");
        check.shards().forEach(shard -> shard.problem().ifPresent(problem -> lines.add(style.bad(problem))));
        check.problem().ifPresent(problem -> lines.add(style.bad(problem)));
        if (check.isSound()) {
            lines.add(style.good("Every database is the shard that it is configured as."));
        }
        lines.addAll(Remarks.lines(check.remarks()));
        lines.add("Next: " + nextStep());
        return lines;
    }

    private ScreenTable table() {
        ScreenTable table = new ScreenTable()
                .left("shard")
                .left("state")
                .left("says it is")
                .left("server")
                .right("schema")
                .left("database");
        for (ShardCheck shard : check.shards()) {
            table.row(
                    shard.name(),
                    text(shard.state()),
                    shard.identity()
                            .map(who -> "%s of %s".formatted(who.shard(), who.cluster()))
                            .orElse(UNKNOWN),
                    shard.server().orElse(UNKNOWN),
                    shard.schemaVersion().orElse(UNKNOWN),
                    shard.database());
        }
        return table;
    }

    private static String text(State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private String nextStep() {
        if (check.has(State.WRONG)) {
            return "correct %s, then %s".formatted(file, next.command("config check"));
        }
        if (check.has(State.DOWN)) {
            return "see that each database that is down runs, then " + next.command("config check");
        }
        if (check.concern().isPresent()) {
            return switch (check.concern().get()) {
                case CONFIGURATION -> "correct %s, then %s".formatted(file, next.command("config check"));
                case TABLES, DEFINITIONS ->
                    "mend the tables, or correct %s, then %s".formatted(file, next.command("config check"));
                case SET_BACK -> next.command("verify");
                case OWNERSHIP -> next.command("status");
            };
        }
        if (check.has(State.UNFINISHED) || check.has(State.OUTDATED) || !check.has(State.MEMBER)) {
            return next.command("init");
        }
        return check.isSound() ? next.command("status") : next.command("plan");
    }

    @Override
    public Map<String, ?> json() {
        return ReportJson.fields()
                .with("file", file.toString())
                .with("cluster", check.cluster())
                .with("sound", check.isSound())
                .with("problem", check.problem().orElse(null))
                .with("remarks", check.remarks())
                .with(
                        "shards",
                        check.shards().stream().map(ConfigCheckReport::json).toList());
    }

    private static Map<String, ?> json(ShardCheck shard) {
        return ReportJson.fields()
                .with("name", shard.name())
                .with("state", text(shard.state()))
                .with("database", shard.database())
                .with("server", shard.server().orElse(null))
                .with("schemaVersion", shard.schemaVersion().orElse(null))
                .with(
                        "isShard",
                        shard.identity().map(ClusterCheck.Identity::shard).orElse(null))
                .with(
                        "ofCluster",
                        shard.identity().map(ClusterCheck.Identity::cluster).orElse(null))
                .with("problem", shard.problem().orElse(null));
    }
}
