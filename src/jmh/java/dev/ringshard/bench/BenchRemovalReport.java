package dev.ringshard.bench;

import dev.ringshard.cli.screen.NextStep;
import dev.ringshard.cli.screen.Numbers;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.ReportJson;
import dev.ringshard.cli.screen.ScreenStyle;
import java.util.List;
import java.util.Map;

/** What was left of a run of the benchmark, and is gone. */
record BenchRemovalReport(String run, long customers, NextStep next) implements Report {
    @Override
    public List<String> lines(ScreenStyle style) {
        return List.of(
                style.good("Removed %s of the run %s, and its tables."
                        .formatted(Numbers.count(customers, "customer", "customers"), run)),
                "Next: " + next.command("status"));
    }

    @Override
    public Map<String, ?> json() {
        return ReportJson.fields().with("run", run).with("removedCustomers", customers);
    }
}
