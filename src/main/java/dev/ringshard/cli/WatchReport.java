package dev.ringshard.cli;

import dev.ringshard.cli.screen.NextStep;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.ReportJson;
import dev.ringshard.cli.screen.ScreenStyle;
import dev.ringshard.event.WatchDecision;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** That a watch was ended on request, and what it had decided last. */
record WatchReport(List<WatchDecision> decisions, NextStep next) implements Report {

    @Override
    public List<String> lines(ScreenStyle style) {
        return List.of(
                "The watch has ended on request. All keys are served where they are.",
                "",
                "Next: " + next.command("status"));
    }

    @Override
    public Map<String, ?> json() {
        return ReportJson.fields()
                .with("decisions", decisions.stream().map(WatchReport::json).toList());
    }

    private static Map<String, ?> json(WatchDecision decision) {
        return ReportJson.fields()
                .with("decision", word(decision))
                .with("imbalance", decision.imbalance())
                .with("reason", decision.reason());
    }

    static String word(WatchDecision decision) {
        return decision.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
