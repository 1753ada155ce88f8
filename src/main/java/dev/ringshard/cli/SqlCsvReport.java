package dev.ringshard.cli;

import dev.ringshard.cli.screen.NextStep;
import dev.ringshard.cli.screen.Numbers;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.ReportJson;
import dev.ringshard.cli.screen.ScreenStyle;
import java.util.List;
import java.util.Map;

/** How many rows of a query were printed as CSV. */
record SqlCsvReport(long written, NextStep next) implements Report {
    @Override
    public List<String> lines(ScreenStyle style) {
        return List.of(
                "Printed %s.".formatted(Numbers.count(written, "row", "rows")), "Next: " + next.command("status"));
    }

    /** Never printed: where rows are CSV, there is no JSON. */
    @Override
    public Map<String, ?> json() {
        return ReportJson.fields();
    }
}
