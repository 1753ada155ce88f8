package dev.ringshard.cli;

import dev.ringshard.cli.screen.NextStep;
import dev.ringshard.cli.screen.Numbers;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.ReportJson;
import dev.ringshard.cli.screen.ScreenStyle;
import dev.ringshard.cli.screen.ScreenTable;
import dev.ringshard.status.BackupPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Where a point is that all shards can be restored to together. */
record BackupPointReport(String cluster, BackupPoint point, NextStep next) implements Report {

    @Override
    public List<String> lines(ScreenStyle style) {
        List<String> lines = new ArrayList<>();
        lines.add(style.good("The point %s is written on %s of cluster %s."
                .formatted(point.name(), Numbers.count(point.shards().size(), "shard", "shards"), cluster)));
        lines.add("");
        ScreenTable table = new ScreenTable().left("shard").left("position").left("log file");
        point.shards().forEach(shard -> table.row(shard.shard(), shard.position(), shard.logFile()));
        lines.addAll(table.lines(style));
        lines.add("");
        addIfAny(
                lines,
                style,
                shard -> !shard.isArchiving(),
                "archives no log (archive_mode is off)",
                "archive no log (archive_mode is off)",
                "keep it otherwise, up to the file named here");
        addIfAny(
                lines,
                style,
                shard -> shard.isArchiving() && !shard.isSwitched(),
                "archives that file once it is full",
                "archive that file once it is full",
                "the database user may not call pg_switch_wal()");
        if (!point.newcomers().isEmpty()) {
            lines.add(style.strong("%s: takes no part in the cluster yet, and has no point."
                    .formatted(String.join(", ", point.newcomers()))));
        }
        lines.add("Keep of each shard a base backup that ended before, and its log up to the file named here.");
        lines.add("Restore all shards to it, or none: recovery_target_name = '%s'.".formatted(point.name()));
        lines.add("");
        lines.add("Next: see that these files are in the archive; after a restore, " + next.command("recover"));
        return lines;
    }

    private void addIfAny(
            List<String> lines,
            ScreenStyle style,
            Predicate<BackupPoint.OnShard> which,
            String one,
            String several,
            String more) {
        List<String> names = point.shards().stream()
                .filter(which)
                .map(BackupPoint.OnShard::shard)
                .toList();
        if (!names.isEmpty()) {
            lines.add(style.strong(
                    "%s %s: %s.".formatted(String.join(", ", names), names.size() == 1 ? one : several, more)));
        }
    }

    @Override
    public Map<String, ?> json() {
        return ReportJson.fields()
                .with("cluster", cluster)
                .with("point", point.name())
                .with(
                        "shards",
                        point.shards().stream().map(BackupPointReport::json).toList())
                .with("newcomers", point.newcomers());
    }

    private static Map<String, ?> json(BackupPoint.OnShard shard) {
        return ReportJson.fields()
                .with("shard", shard.shard())
                .with("position", shard.position())
                .with("logFile", shard.logFile())
                .with("archiving", shard.isArchiving())
                .with("switched", shard.isSwitched());
    }
}
