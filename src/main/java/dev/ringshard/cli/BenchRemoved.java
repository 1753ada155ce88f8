package dev.ringshard.cli;

import java.util.List;
import java.util.Map;

/** What was left of a run of the benchmark, and is gone. */
record BenchRemoved(String run, long customers, Next next) implements Report {
    @Override
    public List<String> lines(Look look) {
        return List.of(
                look.good("Removed %s of the run %s, and its tables."
                        .formatted(Numbers.count(customers, "customer", "customers"), run)),
                "Next: " + next.command("status"));
    }

    @Override
    public Map<String, ?> json() {
        return Json.fields().with("run", run).with("removedCustomers", customers);
    }
}
