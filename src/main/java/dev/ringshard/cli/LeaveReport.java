package dev.ringshard.cli;

import dev.ringshard.cli.screen.ExitCode;
import dev.ringshard.cli.screen.Numbers;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.ReportJson;
import dev.ringshard.cli.screen.ScreenStyle;
import dev.ringshard.status.LeaveOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What goes, or has gone, with Ringshard.
 *
 * @param isDone whether it has gone
 * @param command that does it
 */
record LeaveReport(String cluster, LeaveOutcome leaving, boolean isDone, String command) implements Report {

    @Override
    public ExitCode exitCode() {
        return isDone || leaving.isEmpty() ? ExitCode.DONE : ExitCode.DIFFERENCES;
    }

    @Override
    public List<String> lines(ScreenStyle style) {
        if (leaving.isEmpty()) {
            return List.of(style.good("Nothing of Ringshard's is in the database of %s.".formatted(leaving.shard())));
        }
        List<String> lines = new ArrayList<>();
        lines.add(
                isDone
                        ? style.good("%s has left cluster %s: its database is by itself again."
                                .formatted(leaving.shard(), cluster))
                        : style.strong("%s would leave cluster %s.".formatted(leaving.shard(), cluster)));
        if (!leaving.fenced().isEmpty()) {
            lines.add("Triggers of the fence %s: %s.".formatted(gone(), String.join(", ", leaving.fenced())));
        }
        if (!leaving.indexes().isEmpty()) {
            lines.add("%s of tokens %s: %s."
                    .formatted(
                            Numbers.count(leaving.indexes().size(), "index", "indexes"),
                            gone(),
                            String.join(", ", leaving.indexes())));
        }
        lines.add("The schema ringshard %s.".formatted(gone()));
        if (!leaving.kept().isEmpty()) {
            lines.add(
                    "Kept with all rows, though init has made them: %s.".formatted(String.join(", ", leaving.kept())));
        }
        lines.add("");
        lines.add(
                isDone
                        ? "Nothing of Ringshard's is left. Another init begins anew."
                        : "Next: see that nothing reaches the database through Ringshard, then " + command);
        return lines;
    }

    private String gone() {
        return isDone ? "dropped" : "to drop";
    }

    @Override
    public Map<String, ?> json() {
        return ReportJson.fields()
                .with("cluster", cluster)
                .with("shard", leaving.shard())
                .with("done", isDone || leaving.isEmpty())
                .with("fenced", leaving.fenced())
                .with("indexes", leaving.indexes())
                .with("schema", leaving.hasSchema())
                .with("kept", leaving.kept());
    }
}
